import { type ConsentPurpose, catalogue, limits } from '@footfall/events'
import type { Context } from 'hono'
import type { Project } from './config.ts'
import type { ConsentHistory } from './consent/history.ts'
import { purposeOf } from './consent/purposes.ts'
import { type RefusalCode, refusalOf } from './errors.ts'
import type { Ingest } from './ingest/ingest.ts'
import type { Peer } from './ingest/peer.ts'
import type { RawEvent } from './ingest/validate.ts'
import type { Limits } from './limits/limits.ts'
import { readInstant } from './normalise/instant.ts'
import type { Store } from './sinks/sink.ts'

/** What a pixel's request leads to. */
export interface PixelPorts {
  readonly ingest: Pick<Ingest, 'takeOne'>
  readonly limits: Pick<Limits, 'request'>
  readonly store: Pick<Store, 'ready' | 'consentOf'>
  readonly now: () => number
  readonly isClosing: () => boolean
  readonly onRefusal: (route: string, code: string) => void
  /** Hears that a picture was shown and what it told of is lost: whoever loads a picture does not come back with it. */
  readonly onLost: (code: string) => void
  readonly onError: (route: string, error: unknown) => void
}

/**
 * `GET /v1/pixel.gif`: the opening of a mail, or a page view without scripts. Whatever happens, the picture is the answer, and always the
 * same: neither the reader of a mail nor whoever guesses ids sees what the collector thinks of it.
 *
 * Nothing in a mail can ask for consent, so it must have been given before: the event is kept only where the ledger's last word about the
 * person is a grant. Otherwise it is counted, without anything that was said about anybody.
 */
export async function takePixel(c: Context, peer: Peer, ports: PixelPorts): Promise<Response> {
  try {
    // To ask for its headers is not to look at it.
    const refused = c.req.method === 'GET' ? await take(c, peer, ports) : null
    if (refused !== null) {
      ports.onRefusal(c.req.routePath, refused)
      ports.onLost(refused)
    }
  } catch (error) {
    ports.onError(c.req.routePath, error)
    ports.onLost(refusalOf(error).code)
  }
  return new Response(picture, { headers: pictureHeaders })
}

/** One transparent dot, 43 bytes. */
const picture = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAICRAEAOw==', 'base64')

const pictureHeaders = {
  'content-type': 'image/gif',
  'content-length': String(picture.byteLength),
  // Each opening is to be heard of.
  'cache-control': 'no-store, private, max-age=0',
  'x-content-type-options': 'nosniff',
  // Mails and pages of any origin show it.
  'cross-origin-resource-policy': 'cross-origin',
}

/** What is told by loading a picture. Everything else is an action, and needs more proof than an address that anybody may load. */
const names: ReadonlySet<string> = new Set(['email_opened', 'page_viewed'])

/** The code that it was refused with, if it was. */
async function take(c: Context, peer: Peer, { ingest, limits, store, now, isClosing }: PixelPorts): Promise<RefusalCode | null> {
  if (isClosing()) return 'closing'
  const limited = limits.request(peer)
  if (limited !== null) return limited.code
  const given = c.req.query()
  const { write_key: writeKey = '', name = 'email_opened' } = given
  if (!names.has(name)) return 'bad_parameter'
  // The ledger is asked last: everything that costs nothing may say no before.
  const ingested = await ingest.takeOne(c, peer, writeKey, async (project): Promise<RawEvent> => {
    await store.ready
    const consent = await proofOf(given, project, purposeOf(name) as ConsentPurpose, store) // none of these names is necessary
    const common = { id: given.id ?? crypto.randomUUID(), name, occurred_at: now() }
    return consent === null ? common : { ...common, ...eventOf(given, name, c), consent }
  })
  return ingested.kind === 'refused' ? ingested.code : null
}

type Query = Readonly<Record<string, string>>

/** The snapshot that the ledger bears out today. The store holds it against the ledger once more when it writes. */
async function proofOf(
  { user_id, anonymous_id, record_id }: Query,
  project: Project,
  purpose: ConsentPurpose,
  store: Pick<Store, 'consentOf'>,
): Promise<RawEvent | null> {
  const current =
    (await currentOf('as_user_id', user_id, project, purpose, store)) ??
    (await currentOf('as_anonymous_id', anonymous_id, project, purpose, store))
  if (current?.state !== 'granted') return null
  // A mail was sent under the decision that it names, which is a better proof than the last one.
  return record_id === undefined
    ? { [purpose]: 'granted', record_id: current.record_id, decided_at: readInstant(current.decided_at) }
    : { [purpose]: 'granted', record_id }
}

async function currentOf(
  kind: keyof ConsentHistory['current'],
  id: string | undefined,
  project: Project,
  purpose: ConsentPurpose,
  store: Pick<Store, 'consentOf'>,
) {
  if (id === undefined || id === '' || id.length > limits.maxIdLength) return undefined
  const { current } = await store.consentOf(project.id, id, { limit: 1, after: 0 })
  return current[kind][purpose]
}

function eventOf(given: Query, name: string, c: Context): RawEvent {
  const { user_id = null, anonymous_id = null, source = null } = given
  const whose = { user_id, anonymous_id, source }
  const userAgent = c.req.header('user-agent') ?? ''
  if (name === 'page_viewed') {
    const url = given.url ?? c.req.header('referer')
    return url === undefined ? whose : { ...whose, page: { url, title: given.title ?? null, referrer: given.referrer ?? null } }
  }
  const declared = Object.keys(catalogue.get(name)?.properties.entries ?? {})
  const properties = declared.flatMap((property) => (given[property] === undefined ? [] : [[property, given[property]] as const]))
  const isMachine = prefetching.test(userAgent) ? { is_machine_open: true } : {}
  return { ...whose, properties: { ...Object.fromEntries(properties), ...isMachine } }
}

/** What Apple's Mail calls itself when it loads pictures before anybody has opened the mail. That it is no person is told by its kind of device. */
const prefetching = /^Mozilla\/5\.0$/
