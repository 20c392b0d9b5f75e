import { catalogue, type EventDefinition } from '@footfall/events'
import { mixedFile } from '@footfall/testkit/mixed-file'
import { createClaims, readConsent } from '../../packages/collector/src/ingest/check-consent.ts'
import { decode } from '../../packages/collector/src/ingest/decode.ts'
import { createDeviceReader } from '../../packages/collector/src/ingest/device.ts'
import { judge, type RequestContext } from '../../packages/collector/src/ingest/judge.ts'
import { readTime } from '../../packages/collector/src/ingest/read-time.ts'
import { isRawEvent, type RawEvent, type ValidEnvelope, validate } from '../../packages/collector/src/ingest/validate.ts'
import { readAmounts } from '../../packages/collector/src/normalise/amounts.ts'
import { createDayOf } from '../../packages/collector/src/normalise/day.ts'
import { applyDefaults } from '../../packages/collector/src/normalise/defaults.ts'
import { deriveTotal } from '../../packages/collector/src/normalise/derived-total.ts'
import { normaliseEvent } from '../../packages/collector/src/normalise/event.ts'
import { resolveEventName } from '../../packages/collector/src/normalise/event-name.ts'
import { createNotes } from '../../packages/collector/src/normalise/notes.ts'
import { normalisePage } from '../../packages/collector/src/normalise/page.ts'
import {
  checkShapes,
  ownedCopy,
  resolveProperties,
  type Shape,
  shapeOf,
} from '../../packages/collector/src/normalise/properties.ts'
import { redactEvent } from '../../packages/collector/src/normalise/redact-event.ts'
import { parseUserAgent } from '../../packages/collector/src/normalise/user-agent.ts'
import { readVocabulary } from '../../packages/collector/src/normalise/vocabularies.ts'
import { emptyRegistry } from '../../packages/collector/src/registry/registry.ts'
import { sampleRates } from '../demo.ts'
import { type Bench, median, rounded } from './table.ts'

const perBatch = 50

/** Most of a shop's events are its own and right: a tenth in other vocabularies, a twentieth faulty. */
const file = mixedFile({ seed: 1, events: 3000, eachFault: 2, foreignPercent: 10, perDelivery: perBatch })
const userAgents = Array.from(
  { length: 20 },
  (_, index) => `Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/${120 + index}.0.0.0 Safari/537.36`,
)

/** What is measured: work on every event of a batch, from inputs that are made anew and not timed. */
interface Step {
  readonly name: string
  /** Makes the inputs and answers the work. */
  readonly prepare: (body: Buffer) => () => void
}

/** As the collector makes it for a page's request. */
const request: RequestContext = {
  project: {
    id: 'default',
    writeKeys: ['wk'],
    secretKeys: ['sk'],
    origins: [],
    baseCurrency: 'EUR',
    timeZone: 'Europe/Berlin',
    retentionDays: {},
    quarantineMaxBytes: 2 ** 28,
    path: null,
  },
  isServer: false,
  hasGpc: false,
  region: null,
  rules: {},
  ip: '192.0.2.0',
  device: parseUserAgent(userAgents[0]),
  receivedAt: file.receivedAt,
  sentAt: file.receivedAt,
  claimOf: createClaims({ voice: 'device', region: null, sentAt: file.receivedAt, receivedAt: file.receivedAt }),
  tracker: { name: 'bench', version: '1' },
  dayOf: createDayOf('Europe/Berlin'),
  rates: sampleRates(file.receivedAt),
  registry: emptyRegistry,
  isFileImport: false,
  mayBeTooLarge: false,
}
const money = { defaultCurrency: 'EUR' }
const amounts = { baseCurrency: 'EUR', rates: request.rates, occurredAt: file.receivedAt, ...money }

const bodies = file.deliveries.map(({ events }) =>
  Buffer.from(JSON.stringify({ write_key: 'wk', sent_at: file.receivedAt, events })),
)
const parse = (body: Buffer): { readonly events: readonly unknown[] } =>
  JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body))
const eventCount = file.before.received

/** An event on its way through the steps, as far as it gets. */
interface Passing {
  readonly raw: RawEvent
  readonly envelope: ValidEnvelope
  readonly definition: EventDefinition
  readonly shape: Shape
  readonly properties: Record<string, unknown>
}

const shapes = new Map([...catalogue.values()].map((definition) => [definition.name, shapeOf(definition.properties.entries)]))

function passing(body: Buffer): Passing[] {
  return parse(body)
    .events.filter(isRawEvent)
    .flatMap((raw): Passing[] => {
      const valid = validate(raw, createNotes())
      const definition = catalogue.get(resolveEventName(String(raw.name)).name)
      const shape = shapes.get(definition?.name ?? '')
      if (valid.kind === 'fault' || definition === undefined || shape === undefined) return []
      const { envelope } = valid
      return [{ raw, envelope, definition, shape, properties: ownedCopy(envelope.properties) }]
    })
}

const stages: readonly ((event: Passing) => void)[] = [
  ({ definition, envelope, properties }) => readVocabulary(definition, envelope.name, properties, money, createNotes()),
  ({ shape, properties }) => resolveProperties(shape, properties, createNotes()),
  ({ definition, properties }) => {
    applyDefaults(definition, properties, {}, createNotes())
    deriveTotal(definition, properties, money, createNotes())
  },
  ({ shape, properties }) => checkShapes(shape, properties, createNotes()),
  ({ definition, shape, properties }) => readAmounts(definition, shape, properties, amounts, createNotes()),
]

/** One of the stages, on events that went through those before it. */
const stage = (index: number) => (body: Buffer) => {
  const events = passing(body)
  for (const event of events) for (const earlier of stages.slice(0, index)) earlier(event)
  const work = stages[index]
  return () => {
    for (const event of events) work?.(event)
  }
}

const each = (work: (event: Passing) => unknown) => (body: Buffer) => {
  const events = passing(body)
  return () => {
    for (const event of events) work(event)
  }
}

/** What makes an event's values canonical, one step after the other: without what refuses it, tells it from others, or stores it. */
const normalisation: Step = {
  name: 'normalisation alone: redaction, date, page, name to amounts',
  prepare: each(({ raw, envelope, definition, shape }) => {
    const notes = createNotes()
    redactEvent(raw, notes)
    readTime(envelope, request, notes)
    normalisePage(envelope.page, definition.name, true, notes)
    resolveEventName(envelope.name)
    const properties = ownedCopy(envelope.properties)
    for (const work of stages) work({ raw, envelope, definition, shape, properties })
  }),
}

const readDevice = createDeviceReader()
const headersOf = (index: number) => {
  const userAgent = userAgents[index % userAgents.length]
  return { req: { header: (name: string) => (name === 'user-agent' ? userAgent : undefined) } } as Parameters<
    typeof readDevice
  >[0]
}

const reference: Step = { name: 'JSON.parse of the same bytes', prepare: (body) => () => parse(body) }
const whole: Step = {
  name: 'all of it, as the collector does it (judge)',
  prepare: (body) => {
    const { events } = parse(body)
    return () => {
      for (const event of events) judge(event, undefined, request)
    }
  },
}

const steps: readonly Step[] = [
  reference,
  { name: 'decode: JSON and the shape of a batch', prepare: (body) => () => decode(body, undefined) },
  { name: 'consent snapshot', prepare: each(({ raw }) => readConsent(raw.consent)) },
  { name: 'redaction of the whole event', prepare: each(({ raw }) => redactEvent(raw, createNotes())) },
  { name: 'envelope', prepare: each(({ raw }) => validate(raw, createNotes())) },
  { name: 'date', prepare: each(({ envelope }) => readTime(envelope, request, createNotes())) },
  {
    name: 'page: addresses and title',
    prepare: each(({ envelope, definition }) => normalisePage(envelope.page, definition.name, true, createNotes())),
  },
  { name: 'name', prepare: each(({ envelope }) => resolveEventName(envelope.name)) },
  { name: 'vocabulary', prepare: stage(0) },
  { name: 'names of properties', prepare: stage(1) },
  { name: 'defaults', prepare: stage(2) },
  { name: 'shapes of properties', prepare: stage(3) },
  { name: 'amounts', prepare: stage(4) },
  {
    name: 'name to natural key, with the hash of the content',
    prepare: (body) => {
      const events = passing(body).map((event) => {
        const time = readTime(event.envelope, request, createNotes())
        return { ...event, time: 'kind' in time ? null : time }
      })
      return () => {
        for (const { envelope, time } of events) {
          if (time === null) continue
          const context = { time, device: request.device, baseCurrency: 'EUR', rates: request.rates, dayOf: request.dayOf }
          normaliseEvent(envelope, resolveEventName(envelope.name), context, createNotes())
        }
      }
    },
  },
  {
    name: 'user agent, seen before',
    prepare: () => () => {
      for (let index = 0; index < perBatch; index += 1) readDevice(headersOf(index))
    },
  },
  normalisation,
  whole,
]

/** In ms. */
function timed(work: () => void): number {
  const startedAt = performance.now()
  work()
  return performance.now() - startedAt
}

export default async function normalise(rounds = 15): Promise<readonly Bench[]> {
  const found = steps.map((step) => ({ step, batches: bodies.map((body) => ({ body, costs: [] as number[] })) }))
  // The first rounds are the compiler's.
  for (let round = -3; round < rounds; round += 1) {
    for (const { step, batches } of found) {
      for (const { body, costs } of batches) {
        const cost = timed(step.prepare(body))
        if (round >= 0) costs.push(cost)
      }
    }
  }
  // A batch takes a few milliseconds: what else the machine does hits some of its rounds, and not the median.
  const rows = found.map(({ step, batches }) => ({
    step,
    cost: (batches.reduce((sum, { costs }) => sum + median(costs), 0) * 1000) / eventCount,
  }))
  const costOf = (wanted: Step): number => rows.find(({ step }) => step === wanted)?.cost ?? Number.NaN
  const ratioOf = (step: Step): number => rounded(costOf(step) / costOf(reference), 2)
  const bytes = bodies.reduce((sum, body) => sum + body.length, 0)
  return [
    {
      title: 'Normalisation, event by event',
      rows: rows.map(({ step, cost }) => ({
        step: step.name,
        'µs an event': rounded(cost),
        'events/s': rounded(1_000_000 / cost),
        'times JSON.parse': rounded(cost / costOf(reference), 2),
      })),
      notes: [
        `Medians of ${rounds} interleaved rounds, batch by batch: ${eventCount.toLocaleString('en-US')} events of ${Math.round(bytes / eventCount)} bytes, ${perBatch} a batch, a tenth in other vocabularies, a twentieth faulty.`,
        `Goal: all of it at most 2 times JSON.parse of the same bytes. ${ratioOf(whole) <= 2 ? 'Met' : 'Missed'}: ${ratioOf(whole)}; normalisation alone ${ratioOf(normalisation)}.`,
      ],
    },
  ]
}
