import type { Receipt } from '@footfall/events'
import { type Counts, type MixedDelivery, mixedFile } from '@footfall/testkit/mixed-file'
import { expect, test } from 'vitest'
import { loadRates } from '../src/normalise/rates.ts'
import type { QualityAnswer } from '../src/reports/questions.ts'
import type { StoredEvent } from '../src/sinks/stored-event.ts'
import { type Started, secretKey, startCollector } from './start-collector.ts'

/** Euros alone would need none; dinars have none. */
const rates = loadRates('Date,USD,\n2026-11-11,1.16,\n2026-11-10,1.15,\n')

test('a file of 10,000 events in five vocabularies, with everything that goes wrong, is told apart to the last event', async () => {
  const file = mixedFile({ seed: 20_261_111, events: 10_000 })
  const started = await startCollector({}, { now: () => file.receivedAt, rates })
  const answered = { accepted: 0, duplicate: 0, quarantined: 0, rejected: 0 }
  for (const delivery of file.deliveries) {
    const receipt = await send(started, delivery, file.receivedAt)
    for (const verdict of ['accepted', 'duplicate', 'quarantined', 'rejected'] as const) answered[verdict] += receipt[verdict]
  }
  const { accepted, duplicate, quarantined, rejected } = file.before
  expect(answered).toEqual({ accepted, duplicate, quarantined, rejected })
  expect(await countsIn(started)).toEqual(file.before)

  for (const [id, settings] of Object.entries(file.registry.sources)) await change(started, 'PUT', `/v1/sources/${id}`, settings)
  for (const [from, to] of Object.entries(file.registry.aliases)) await change(started, 'PUT', `/v1/aliases/${from}`, { to })
  await inPages(started, '/v1/quarantine/replay', { all: true })
  await inPages(started, '/v1/reprocess', {})
  expect(await countsIn(started)).toEqual(file.afterwards)
  // What is settled is settled.
  const again = await change(started, 'POST', '/v1/quarantine/replay', { all: true })
  const left = file.afterwards.quarantined
  expect(again).toMatchObject({ looked_at: left, accepted: 0, duplicate: 0, quarantined: left, rejected: 0 })
}, 120_000)

async function send({ post }: Started, { sender, events }: MixedDelivery, receivedAt: number): Promise<Receipt> {
  const { isServer, userAgent, clockAheadMs } = sender
  const batch = { write_key: 'wk_test', events, ...(isServer ? {} : { sent_at: receivedAt + clockAheadMs }) }
  const headers = { 'user-agent': userAgent, ...(isServer ? { authorization: `Bearer ${secretKey}` } : {}) }
  return (await read(await post(JSON.stringify(batch), headers))) as Receipt
}

async function change({ url }: Started, method: string, path: string, body: object): Promise<unknown> {
  const headers = { authorization: `Bearer ${secretKey}`, 'content-type': 'application/json' }
  return read(await fetch(url + path, { method, headers, body: JSON.stringify(body) }))
}

async function read(response: Response): Promise<unknown> {
  if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`)
  return response.json()
}

/** Work that is done a page at a time. */
async function inPages(started: Started, path: string, order: object): Promise<void> {
  let cursor: unknown = null
  do {
    const { next } = (await change(started, 'POST', path, { ...order, cursor })) as { readonly next: unknown }
    cursor = next
  } while (cursor !== null)
}

/** All that is stored, and what the report about quality says of it: both have to agree with the file. */
async function countsIn(started: Started): Promise<Counts> {
  const stored = await allEvents(started)
  const report = (await read(await started.get('/v1/reports/quality?from=2026-11-11&to=2026-11-11'))) as QualityAnswer
  const { received, accepted, duplicate, quarantined, rejected } = report.totals
  expect(stored).toHaveLength(accepted)
  const rulesOf = ({ quality }: StoredEvent) => new Set(quality.repairs.map((repair) => (repair as { rule: string }).rule))
  const flags = tally(stored.flatMap(({ quality }) => quality.flags))
  const duplicates = counted(report.duplicates, ({ kind }) => kind)
  expect(duplicates.same_id).toBe(duplicate)
  return {
    received,
    accepted,
    duplicate,
    quarantined,
    rejected,
    repaired: stored.filter((event) => rulesOf(event).size > 0).length,
    flagged: stored.filter(({ quality }) => quality.flags.length > 0).length,
    bots: stored.filter(({ bot }) => bot).length,
    rules: tally(stored.flatMap((event) => [...rulesOf(event)])),
    flags,
    duplicates: Object.fromEntries(Object.entries(duplicates).filter(([kind]) => kind !== 'same_id')),
    late: Object.fromEntries(Object.entries(report.late).filter(([, events]) => events > 0)),
    quarantine: counted(report.quarantine, ({ code, rule }) => `${code} ${rule}`.trim()),
    rejections: counted(report.rejected, ({ code }) => code),
  }
}

async function allEvents(started: Started): Promise<readonly StoredEvent[]> {
  const found: StoredEvent[] = []
  let cursor: string | null = ''
  while (cursor !== null) {
    const page = (await read(await started.get(`/v1/events?limit=500${cursor && `&cursor=${cursor}`}`))) as {
      readonly events: readonly StoredEvent[]
      readonly next: string | null
    }
    found.push(...page.events)
    cursor = page.next
  }
  return found
}

function tally(words: readonly string[]): Readonly<Record<string, number>> {
  const groups = Object.groupBy(words, (word) => word)
  return Object.fromEntries(Object.entries(groups).map(([word, same]) => [word, same?.length ?? 0]))
}

const counted = <T extends { readonly events: number }>(rows: readonly T[], nameOf: (row: T) => string) =>
  Object.fromEntries(rows.map((row) => [nameOf(row), row.events]))
