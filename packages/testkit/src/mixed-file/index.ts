import { accepted, type Counts, countsOf, type Expected } from './expected.ts'
import { type FaultContext, faults, registryAliases, registrySources, type Sent } from './faults.ts'
import { happen } from './happening.ts'
import { createRandom, type Random } from './random.ts'
import { createEnvelopes, type Sender, type SenderName, senders } from './sender.ts'
import { vocabularies } from './vocabularies/index.ts'

export type { Counts, Expected } from './expected.ts'
export { registryAliases, registrySources } from './faults.ts'
export type { Sender } from './sender.ts'

/** One request: events of one sender, in this order. */
export interface MixedDelivery {
  readonly sender: Sender
  readonly events: readonly unknown[]
  /** By the same index: what becomes of each at once, and in the end. */
  readonly expected: readonly Expected[]
  readonly afterwards: readonly Expected[]
}

/** A file of events as a shop with several touchpoints gets them, with everything that goes wrong with them. */
export interface MixedFile {
  /** The collector's clock while it takes all of it, ms since 1970 UTC: Wednesday, 11 November 2026, noon. */
  readonly receivedAt: number
  /** To be sent in this order. */
  readonly deliveries: readonly MixedDelivery[]
  /** What the collector has to count before anything is registered. */
  readonly before: Counts
  /** The same when `registry` has been entered and the quarantine was replayed. */
  readonly afterwards: Counts
  /** What completes the registry: sources as `PUT /v1/sources/{id}` takes them, and names that only this shop uses. */
  readonly registry: { readonly sources: typeof registrySources; readonly aliases: typeof registryAliases }
}

export interface MixedFileOptions {
  readonly seed: number
  /** How many events. */
  readonly events: number
  /** How often each kind of fault occurs. @defaultValue 12 */
  readonly eachFault?: number
  /** Share of the events without faults that are in other vocabularies than ours, in percent. @defaultValue 40 */
  readonly foreignPercent?: number
  /** Most events of one request. @defaultValue 200 */
  readonly perDelivery?: number
}

/** Makes a file that is the same for the same seed. Its events are in five vocabularies, most of them in ours. */
export function mixedFile(options: MixedFileOptions): MixedFile {
  const { seed, events, eachFault = 12, foreignPercent = 40, perDelivery = 200 } = options
  const random = createRandom(seed)
  const receivedAt = Date.UTC(2026, 10, 11, 12)
  const context: FaultContext = { ...createEnvelopes(random, receivedAt), random, receivedAt }
  const bundles: (readonly Sent[])[] = Object.values(faults).flatMap((fault) =>
    Array.from({ length: eachFault }, () => fault(context)),
  )
  const faulty = bundles.reduce((sum, bundle) => sum + bundle.length, 0)
  if (faulty > events) throw new Error(`a file of ${events} events has no room for ${faulty} with faults`)
  for (let made = faulty; made < events; made += 1) bundles.push([cleanEvent(context, foreignPercent)])
  const deliveries = deliver(shuffled(bundles, random).flat(), perDelivery)
  return {
    receivedAt,
    deliveries,
    before: countsOf(deliveries.flatMap(({ expected }) => expected)),
    afterwards: countsOf(deliveries.flatMap(({ afterwards }) => afterwards)),
    registry: { sources: registrySources, aliases: registryAliases },
  }
}

const foreign = [vocabularies.segment, vocabularies.ga4, vocabularies.shopify, vocabularies.snowplow]

function cleanEvent({ random, page }: FaultContext, foreignPercent: number): Sent {
  const tell = random.whole(100) < foreignPercent ? random.pick(foreign) : vocabularies.own
  let told = tell(happen(random))
  while (told === null) told = tell(happen(random))
  return { sender: 'page', event: page(told), expected: accepted({ rules: told.rules, flags: told.flags }) }
}

/** In an order of chance; what belongs together stays together. */
function shuffled<T>(list: readonly T[], random: Random): readonly T[] {
  const left = [...list]
  return list.map(() => {
    const index = random.whole(left.length)
    const last = left.pop() as T // as many were put in as are taken out
    if (index === left.length) return last
    const taken = left[index] as T // within the list
    left[index] = last
    return taken
  })
}

function deliver(sent: readonly Sent[], perDelivery: number): readonly MixedDelivery[] {
  const bySender = new Map<SenderName, Sent[]>()
  for (const each of sent) {
    const own = bySender.get(each.sender)
    if (own === undefined) bySender.set(each.sender, [each])
    else own.push(each)
  }
  return [...bySender].flatMap(([sender, own]) =>
    Array.from({ length: Math.ceil(own.length / perDelivery) }, (_, index) => {
      const part = own.slice(index * perDelivery, (index + 1) * perDelivery)
      return {
        sender: senders[sender],
        events: part.map(({ event }) => event),
        expected: part.map(({ expected }) => expected),
        afterwards: part.map(({ expected, afterwards = expected }) => afterwards),
      }
    }),
  )
}
