import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { secretKey, startCollector, temporaryFolder, visitorAgent } from '../start-collector.ts'
import { createChecker, operationsOf } from './described.ts'

const now = Date.UTC(2026, 10, 21, 18, 0, 0, 456)
const keys = { writeKey: 'wk_shop', secretKey }

/** A collector, and its description, against which each answer is held. */
async function started(options: Parameters<typeof startCollector>[0] = {}) {
  const { collector, url } = await startCollector({ ...keys, trustedProxies: '127.0.0.1', ...options }, { now: () => now })
  const document = (await (await fetch(`${url}/openapi.json`)).json()) as object
  const operations = operationsOf(document)
  const { checkAnswer } = createChecker(document)
  const answered = new Set<string>()

  /** Asks by the operation's name. Path parameters are filled from `fill`, or from their examples. */
  async function ask(id: string, { fill = {}, query = '', body, headers = {}, secret = true }: Ask = {}): Promise<Response> {
    const operation = operations.find((one) => one.id === id)
    if (operation === undefined) throw new Error(`there is no operation ${id}`)
    const address = operation.path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
      encodeURIComponent(fill[name] ?? String(operation.parameters.find((one) => one.name === name)?.example)),
    )
    const answer = await fetch(url + address + query, {
      method: operation.method,
      headers: {
        'user-agent': visitorAgent,
        'x-forwarded-for': '203.0.113.7',
        ...(secret && { authorization: `Bearer ${secretKey}` }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    expect({ id, wrong: await checkAnswer(operation, answer) }).toEqual({ id, wrong: null })
    answered.add(`${id} ${answer.status}`)
    return answer
  }

  return { collector, url, document, operations, ask, answered }
}

interface Ask {
  readonly fill?: Readonly<Record<string, string>>
  readonly query?: string
  readonly body?: object | string
  readonly headers?: Readonly<Record<string, string>>
  readonly secret?: boolean
}

test('the examples are one story, which a collector answers to the letter', async () => {
  const dataDir = await temporaryFolder()
  // Pseudonyms and seals are made with a secret of the collector's own.
  await writeFile(join(dataDir, 'keys.json'), '{ "$installation": { "subject_secret": "a-secret-of-the-examples" } }')
  const { collector, url, operations, ask } = await started({ dataDir })
  const today = '?from=2026-11-21&to=2026-11-21'
  // In the order in which a shop would come to them: what is answered depends on what came before.
  const story: readonly Told[] = [
    { id: 'isAlive', name: 'alive', secret: false },
    { id: 'isReady', name: 'ready', secret: false },
    { id: 'readGpcSupport', name: 'honoured', secret: false },
    { id: 'putSource', name: 'till' },
    { id: 'recordConsent', name: 'banner', secret: false },
    { id: 'deliverEvents', name: 'page', secret: false },
    { id: 'validateEvents', name: 'till' },
    { id: 'deliverEvents', name: 'till' },
    { id: 'signIn', name: 'key', secret: false, headers: { origin: url }, body: { secret_key: secretKey } },
    { id: 'listEvents', name: 'added', query: '?name=product_added&limit=50' },
    { id: 'readConsent', name: 'banner' },
    { id: 'listSources', name: 'till' },
    { id: 'putAlias', name: 'cart' },
    { id: 'listAliases', name: 'cart' },
    { id: 'reprocessEvents', name: 'name' },
    { id: 'listQuarantine', name: 'currency', query: '?code=bad_currency' },
    { id: 'getQuarantined', name: 'currency' },
    { id: 'replayQuarantine', name: 'everything' },
    { id: 'reportTraffic', name: 'today', query: today },
    { id: 'reportCompleteness', name: 'today', query: today },
    { id: 'reportConsent', name: 'today', query: today },
    { id: 'reportQuality', name: 'today', query: today },
    { id: 'purgeQuarantine', name: 'everything', query: '?all=true' },
    { id: 'exportSubject', name: 'customer' },
    { id: 'eraseSubject', name: 'customer' },
  ]
  const ending: Told = { id: 'isReady', name: 'closing', secret: false }
  const given = operations.flatMap(({ id, body, responses }) =>
    [body, ...Object.values(responses).map(({ content }) => content)].flatMap((content) =>
      Object.values(content ?? {}).flatMap(({ examples }) => Object.keys(examples ?? {}).map((name) => `${id} ${name}`)),
    ),
  )
  expect(new Set([...story, ending].map(({ id, name }) => `${id} ${name}`))).toEqual(new Set(given))

  const tell = async ({ id, name, ...asked }: Told): Promise<void> => {
    const { body, responses } = operations.find((one) => one.id === id) ?? {}
    const example = body?.['application/json']?.examples?.[name]?.value as object | undefined
    const answer = await ask(id, { ...(example !== undefined && { body: example }), ...asked })
    if (answer.status === 204) return
    const type = answer.headers.get('content-type')?.split(';', 1)[0] ?? ''
    const expected = responses?.[answer.status]?.content?.[type]?.examples?.[name]?.value
    const said = type === 'application/json' ? await answer.json() : await answer.text()
    expect({ id, name, answer: said }).toEqual({ id, name, answer: expected })
  }
  for (const told of story) await tell(told)
  await collector.close()
  await tell(ending)
})

interface Told extends Ask {
  readonly id: string
  /** Of the example. */
  readonly name: string
}

test('the example of a refusal is one', async () => {
  const { document, ask } = await started()
  const { examples } = (document as { components: { schemas: { Problem: { examples: unknown[] } } } }).components.schemas.Problem
  expect([await (await ask('deliverEvents', { body: {}, secret: false })).json()]).toEqual(examples)
})

test('every route answers as described: what is asked for, without a key, and with what cannot be used', async () => {
  const { collector, operations, ask, answered } = await started({ path: '/e' })
  const deliver = (events: readonly object[], more: object = {}) =>
    ask('deliverEvents', { body: { write_key: 'wk_shop', sent_at: now, events, ...more } })
  const consent = { analytics: 'granted' }
  const [id, ids] = ['cust_42', { anonymous_id: 'a-1', user_id: 'cust_42' }]
  await ask('putSource', { body: { channel: 'pos', tax_inclusive: true, sampling: 0.5, expected_per_day: 10 } })
  await ask('recordConsent', { body: { subject: id, purposes: consent, method: 'api' } })
  await deliver(
    [
      { id: crypto.randomUUID(), name: 'Into The Basket', occurred_at: now, consent, seq: 1, ...ids, properties: { price: 'x' } },
      {
        id: crypto.randomUUID(),
        name: 'Add To Cart',
        occurred_at: now,
        consent,
        seq: 4,
        ...ids,
        properties: { product_id: 'A' },
      },
      {
        id: crypto.randomUUID(),
        name: 'order_completed',
        occurred_at: now,
        consent,
        ...ids,
        properties: { order_id: 'O', total: '1.299' },
      },
      { id: crypto.randomUUID(), name: 'page_viewed', occurred_at: now, page: { url: 'https://shop.example/?utm_source=x' } },
      { id: 'no uuid', name: 'page_viewed' },
      {},
    ],
    { dropped: { expired: 2 } },
  )
  await deliver([
    {
      id: crypto.randomUUID(),
      name: 'order_completed',
      occurred_at: '2026-11-20',
      consent,
      source: 'till-paris',
      properties: { order_id: 'P', total: 5, currency: 'XAF' },
    },
  ])
  await ask('deliverEventsUnderPath', { body: { write_key: 'wk_shop', events: [] } })
  await ask('validateEvents', {
    body: { write_key: 'wk_shop', events: [{}, { id: crypto.randomUUID(), name: 'Add To Cart', consent, properties: {} }] },
  })
  await ask('listEvents')
  await ask('listEvents', { query: '?status=quarantined' })
  const { events } = (await (await ask('listQuarantine')).json()) as { readonly events: readonly { readonly key: string }[] }
  expect(events.length).toBeGreaterThan(1)
  await ask('getQuarantined', { fill: { key: events[0]?.key ?? '' } })
  await ask('putAlias', { body: { to: 'product_added' } })
  await ask('reprocessEvents', { body: {} })
  await ask('replayQuarantine', { body: { all: true } })
  const reports = ['reportTraffic', 'reportCompleteness', 'reportConsent', 'reportQuality']
  for (const report of reports) for (const query of ['', '?format=csv']) await ask(report, { query })
  for (const list of ['listSources', 'listAliases']) await ask(list)
  await ask('readConsent', { fill: { subject: id } })
  await ask('loadPixel', { query: '?write_key=wk_shop&user_id=cust_42' })
  for (const query of ['', '?format=csv']) await (await ask('exportSubject', { query })).text()
  await ask('eraseSubject')
  await ask('purgeQuarantine', { query: '?all=true' })
  await ask('deleteAlias')
  await ask('deleteSource')
  await ask('signIn', { body: { secret_key: secretKey }, headers: { origin: 'https://elsewhere.example' } })
  await (await ask('watchEvents')).body?.cancel()
  const open = ['signOut', 'isReady', 'isAlive', 'readMetrics', 'readDescription', 'readGpcSupport']
  const files = ['loadTracker', 'loadVersionedTracker', 'loadTag', 'openReports', 'loadReportsFile']
  for (const one of [...open, ...files]) await ask(one)

  // Whether the files are built is another matter.
  const answeredWell = operations
    .map((one) => one.id)
    .filter((one) => [200, 204].some((status) => answered.has(`${one} ${status}`)))
  expect(operations.map((one) => one.id).filter((one) => !answeredWell.includes(one) && !files.includes(one))).toEqual(['signIn'])

  for (const { id: one, responses, body, parameters } of operations) {
    const stranger = { write_key: 'wk_nobody', events: [], purposes: { analytics: 'granted' } }
    const asked = body === null ? {} : { body: stranger }
    if ('401' in responses && one !== 'signIn') expect((await ask(one, { ...asked, secret: false })).status).toBe(401)
    if (body !== null) {
      for (const wrong of ['', '[', '[]', 'null', '{"__proto__":1,"purposes":7,"all":3,"names":[],"to":1,"channel":7}', '"x"'])
        await ask(one, { body: wrong })
      await ask(one, { body: 'x', headers: { 'content-encoding': 'br' } })
      if ('413' in responses && !one.includes('Events')) expect((await ask(one, { body: ' '.repeat(300_000) })).status).toBe(413)
    }
    if (body === null && one !== 'watchEvents')
      for (const { name } of parameters.filter((parameter) => parameter.in === 'query')) await ask(one, { query: `?${name}=%00` })
  }

  await collector.close()
  for (const one of [
    'deliverEvents',
    'recordConsent',
    'validateEvents',
    'isReady',
    'listEvents',
    'reportTraffic',
    'eraseSubject',
  ]) {
    const asked = one === 'deliverEvents' || one === 'recordConsent' || one === 'validateEvents' ? { body: {} } : {}
    expect((await ask(one, asked)).status).toBe(503)
  }
})
