import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect, onTestFinished, test, vi } from 'vitest'
import type { Terminal } from '../../src/commands/command.ts'
import type { CollectorOptions } from '../../src/config.ts'
import type { FootfallError } from '../../src/errors.ts'
import { workbook } from '../import/workbook.ts'
import { secretKey, startCollector, writeKey } from '../start-collector.ts'
import { nodeEnv, runWords } from './run-words.ts'

// Each opens a store or a port, which takes a while on a busy machine.
vi.setConfig({ testTimeout: 30_000 })

const now = Date.UTC(2026, 10, 22, 18)
const till = { channel: 'pos', transport: 'file', time_zone: 'Europe/Paris', currency: 'EUR', locale: 'fr-FR' }
const map = {
  name: 'pos_purchase_completed',
  columns: { Kassenbon: 'receipt_id', Datum: 'occurred_at', Uhrzeit: 'occurred_at', Summe: 'total', Artikel: 'product_id' },
  constants: { store_id: 'paris-1', 'consent.analytics': 'not_required' },
}

interface Summary {
  readonly rows: number
  readonly accepted: number
  readonly duplicate: number
  readonly quarantined: number
  readonly rejected: number
  readonly unreadable: number
  readonly rejected_file: string | null
  readonly problems: readonly { readonly code: string; readonly line: number; readonly detail: string }[]
}

/** A collector with a registered till, and a folder with files. */
async function setUp(
  files: Readonly<Record<string, string | Uint8Array | object>>,
  source: object | null = till,
  options: CollectorOptions = {},
) {
  const started = await startCollector({ store: 'memory', ...options }, { now: () => now })
  const { url, folder } = started
  for (const [name, content] of Object.entries(files)) {
    const isText = typeof content === 'string' || content instanceof Uint8Array
    await writeFile(join(folder, name), isText ? content : JSON.stringify(content))
  }
  await writeFile(join(folder, 'config.json'), JSON.stringify({ url, writeKey, secretKey, dataDir: folder }))
  const register = async (id: string, settings: object) => {
    const headers = { authorization: `Bearer ${secretKey}`, 'content-type': 'application/json' }
    const response = await fetch(`${url}/v1/sources/${id}`, { method: 'PUT', headers, body: JSON.stringify(settings) })
    expect(response.status).toBe(200)
  }
  if (source !== null) await register('till-paris', source)

  const runOn = async (terminal: Partial<Terminal>, ...words: readonly string[]) => {
    const args = words.map((word) => (Object.hasOwn(files, word) || word.startsWith('./') ? join(folder, word) : word))
    const {
      isInOrder: isComplete,
      text,
      progress,
    } = await runWords(['import', ...args, '--config', join(folder, 'config.json')], terminal)
    return { isComplete, text, progress }
  }
  const run = (...words: readonly string[]) => runOn({}, ...words)
  const summary = async (...words: readonly string[]) => JSON.parse((await run(...words, '--json')).text) as Summary
  const fileOf = (name: string) => readFile(join(folder, name), 'utf8')
  return { ...started, register, run, runOn, summary, fileOf, list: () => readdir(folder) }
}

const csv = `Kassenbon;Datum;Uhrzeit;Summe;Artikel;Kunde
4711;14.03.2026;10:15;12,50;A-1;Müller
4712;14.03.2026;10:20;1.299,00 €;A-2;Özil
4713;14.03.2026;10:21;9,99;;
`

const takeAll = { accepted: 3, duplicate: 0, quarantined: 0, rejected: 0, unreadable: 0, rejected_file: null }

test('the rows of a till become its purchases, and the same file again changes nothing', async () => {
  const { run, summary, events, list } = await setUp({ 'till.csv': csv, 'map.json': map })
  const words = ['till.csv', '--source', 'till-paris', '--map', 'map.json']
  const first = await run(...words)
  expect(first.isComplete).toBe(true)
  expect(first.text).toContain('3 rows, separated by ";", utf-8')
  expect(first.text).toMatch(/Kassenbon +receipt_id +4711 +4711\n/)
  expect(first.text).toMatch(/Uhrzeit +occurred_at +10:15 +2026-03-14T09:15:00.000Z\n/)
  expect(first.text).toMatch(/Summe +total +12,50 +12\.50 EUR\n/)
  expect(first.text).toMatch(/Kunde +left out +Müller\n/)
  expect(first.progress.join()).toContain('[####################] 100 % 3 rows')

  const stored = await events()
  expect(
    stored.map(({ name, occurred_at, source, channel, money }) => [name, occurred_at, source, channel, money.total?.minor]),
  ).toEqual([
    ['pos_purchase_completed', '2026-03-14T09:15:00.000Z', 'till-paris', 'pos', 1250],
    ['pos_purchase_completed', '2026-03-14T09:20:00.000Z', 'till-paris', 'pos', 129_900],
    ['pos_purchase_completed', '2026-03-14T09:21:00.000Z', 'till-paris', 'pos', 999],
  ])
  expect(stored[0]?.properties).toMatchObject({ receipt_id: '4711', store_id: 'paris-1', products: [{ product_id: 'A-1' }] })
  expect(JSON.stringify(stored)).not.toContain('Müller')

  expect(await summary(...words)).toMatchObject({ ...takeAll, accepted: 0, duplicate: 3 })
  expect((await run(...words)).text).toContain('Everything was there already.')
  expect(await events()).toEqual(stored)
  expect((await list()).join()).not.toContain('rejected')
})

test('a dry run says the same, and leaves nothing', async () => {
  const { run, summary, events, quarantined, get } = await setUp({ 'till.csv': `${csv}4714;soon;;1;;\n`, 'map.json': map })
  const words = ['till.csv', '--source', 'till-paris', '--map', 'map.json']
  const before = await (await get('/v1/reports/quality?from=2026-11-22&to=2026-11-22')).json()
  expect((await run(...words, '--dry-run')).text).toContain('Nothing was stored.')
  expect(await summary(...words, '--dry-run')).toMatchObject({ accepted: 3, quarantined: 1, rejected_file: null })
  expect([await events(), await quarantined()]).toEqual([[], []])
  expect(await (await get('/v1/reports/quality?from=2026-11-22&to=2026-11-22')).json()).toEqual(before)
})

test('what is not taken comes back in a file of its own, which is mended and imported', async () => {
  const bad = `${csv}4714;31.02.2026;10:15;5,00;A-1;"a;""b"""\n4715;14.03.2026\n4716;15.03.2026;10:15;5,00;A-1;;x\n`
  const { run, summary, events, fileOf, list } = await setUp({ 'till.csv': bad, 'map.json': map, 'till.rejected.csv': 'mine' })
  const words = ['--source', 'till-paris', '--map', 'map.json']
  const { isComplete, text } = await run('till.csv', ...words)
  expect(isComplete).toBe(false)
  expect(text).toContain('unreadable, first in line 6'.replace(', first', ': unreadable, first'))
  expect(text).toContain('till.rejected-2.csv')
  expect(await fileOf('till.rejected.csv')).toBe('mine')
  await expect(run('till.csv', ...words, '--rejected', './till.rejected.csv')).rejects.toThrow(
    'name another file with --rejected',
  )
  expect(await fileOf('till.rejected.csv')).toBe('mine')

  const rejected = await fileOf('till.rejected-2.csv')
  expect(rejected.split('\r\n').map((line) => line.replace(/"occurred_at is[^"]+"/, 'WHY'))).toEqual([
    '\ufeffKassenbon;Datum;Uhrzeit;Summe;Artikel;Kunde;footfall_line;footfall_status;footfall_code;footfall_reason',
    '4714;31.02.2026;10:15;5,00;A-1;"a;""b""";5;quarantined;bad_time;WHY',
    '4715;14.03.2026;;;;;6;unreadable;unreadable;It has 2 cells, and the header 6: it may have been cut off.',
    '4716;15.03.2026;10:15;5,00;A-1;;7;unreadable;unreadable;It has 7 cells, and the header 6.',
    '',
  ])
  const mended = rejected.replace('31.02.2026', '28.02.2026').replace('4715;14.03.2026;;;', '4715;14.03.2026;09:00;1,00;')
  const again = await setUp({ 'till.rejected.csv': mended, 'map.json': map })
  expect(await again.summary('till.rejected.csv', ...words)).toMatchObject(takeAll)
  expect(await summary('till.csv', ...words, '--rejected', './mine.csv')).toMatchObject({
    accepted: 0,
    duplicate: 4,
    unreadable: 2,
  })
  expect(await list()).toContain('mine.csv')
  expect(await events()).toHaveLength(3)
})

test('a row that was kept aside is taken once the source is registered, by the same file again', async () => {
  const content = 'receipt_id,occurred_at,total,store_id\n1,03/04/2026 10:00,5,S\n2,13/04/2026 10:00,5,S\n'
  const { run, summary, register, events } = await setUp({ 'till.csv': content }, null)
  const words = ['till.csv', '--source', 'till-paris', '--name', 'pos_sale', '--set', 'consent.analytics=granted']
  const first = await run(...words, '--rejected', './r.csv')
  expect(first.text).toContain('till-paris is not registered')
  expect(first.text).toContain('Dates with two readings: 1, such as 03/04/2026 10:00.')
  expect(first.text).toContain('footfall sources set till-paris --date-order DMY')
  expect(await events()).toEqual([])
  await register('till-paris', { ...till, date_order: 'DMY' })
  expect(await summary(...words)).toMatchObject({ accepted: 2, quarantined: 0 })
  expect((await events()).map(({ occurred_at }) => occurred_at)).toEqual(['2026-04-03T08:00:00.000Z', '2026-04-13T08:00:00.000Z'])
})

const orders = { name: 'order_completed', group_by: 'order id', constants: { 'consent.analytics': 'granted' } }
const orderHeader = 'Order ID,Total,currency,timestamp,SKU,Product ID,Qty,Price\n'
const orderRows = `O-1,30.00,EUR,2026-11-20T10:00:00Z,S1,A,1,10.00
O-1,,,,S2,B,2,10.00
O-2,5.00,EUR,2026-11-20T11:00:00Z,S1,A,1,5.00
O-3,5.00,EUR,2026-11-20T12:00:00Z,,A,1,5.00
O-3,6.00,EUR,2026-11-20T12:00:00Z,,B,1,6.00
O-4,9.00,EUR,2026-11-20T12:00:00Z,,A,1,4.00
O-4,,EUR
O-4,,,,,B,1,5.00
,9.00,EUR,2026-11-20T12:00:00Z,,A,1,4.00
`

test('rows of one order become one order, and all rows of one that is none are given back', async () => {
  const { summary, events, fileOf } = await setUp({ 'orders.csv': orderHeader + orderRows, 'map.json': orders })
  const result = await summary('orders.csv', '--source', 'shop', '--map', 'map.json', '--rejected', './r.csv')
  expect(result).toMatchObject({ rows: 9, accepted: 2, unreadable: 2, quarantined: 1 })
  expect(result.problems.map(({ line, detail }) => [line, detail])).toEqual([
    [5, expect.stringContaining('disagree about "Total": line 5 says something else than line 6')],
    [7, expect.stringContaining('cut off')],
    [10, expect.stringContaining('order_id is missing')],
  ])
  expect((await events()).map(({ properties }) => properties)).toMatchObject([
    {
      order_id: 'O-1',
      products: [
        { product_id: 'A', quantity: 1 },
        { product_id: 'B', quantity: 2 },
      ],
    },
    { order_id: 'O-2', products: [{ product_id: 'A' }] },
  ])
  expect((await fileOf('r.csv')).match(/^(O-\d|),/gm)).toEqual(['O-3,', 'O-3,', 'O-4,', 'O-4,', 'O-4,', ','])
})

test('of an order whose rows do not stand together, no half is sent', async () => {
  const { run, events } = await setUp({ 'orders.csv': `${orderHeader}${orderRows}O-1,,,,S3,C,1,1.00\n`, 'map.json': orders })
  await expect(run('orders.csv', '--source', 'shop', '--map', 'map.json')).rejects.toMatchObject({
    code: 'bad_import',
    message: expect.stringContaining('line 11'),
  })
  expect(await events()).toEqual([])
})

test('a workbook is read by its sheet, its days by the unit of its source', async () => {
  const rows = [
    ['Receipt ID', 'Date', 'Total', 'Qty', 'SKU'],
    [10_045, 46_095.427_083_333_3, 1.299, 2, 'A-1'],
    [10_046, 46_095.5, { raw: '<c t="e"><v>#N/A</v></c>' }, 1, 'A-1'],
  ]
  const book = workbook([
    { name: 'Other', rows: [['x']] },
    { name: 'März', rows },
  ])
  const files = { 'till.xlsx': book, 'map.json': { ...map, columns: { Date: 'occurred_at', SKU: 'product_id' } } }
  const words = ['till.xlsx', '--source', 'till-paris', '--map', 'map.json', '--sheet', 'März']
  const { run, summary, register, events, fileOf } = await setUp(files)
  expect((await run(...words, '--dry-run')).text).toContain('footfall sources set till-paris --time-unit excel')
  await register('till-paris', { ...till, time_unit: 'excel1904' })
  await expect(run(...words)).rejects.toMatchObject({ code: 'bad_import', message: expect.stringContaining('--time-unit excel') })
  await register('till-paris', { ...till, time_unit: 'excel' })
  expect(await summary(...words, '--rejected', './r.csv')).toMatchObject({ accepted: 1, quarantined: 1 })
  const [event] = await events()
  expect(event).toMatchObject({
    occurred_at: '2026-03-14T09:15:00.000Z',
    properties: { receipt_id: '10045', products: [{ product_id: 'A-1', quantity: 2 }] },
  })
  // A number has one reading, where the text "1.299" in France has two.
  expect(event?.money.total).toMatchObject({ minor: 130, currency: 'EUR' })
  expect(await fileOf('r.csv')).toContain('10046;46095.5;#N/A;1;A-1;3;quarantined;')
})

test('a line is an event as the API takes it, or is read by a map, and what is none comes back as it was', async () => {
  const lines = [
    '{"name":"page_viewed","occurred_at":"2026-11-20T10:00:00Z","user_id":"u1","page":{"url":"https://shop.example/"},"consent":{"analytics":"granted"}}',
    '{"name":"order_completed","occurred_at":"2026-11-20T10:00:00Z","properties":{"order_id":"O-1","products":[{"product_id":"A"}],"total":5,"currency":"EUR"}}',
    '{"name":"order_completed",',
    '{"name":"order_completed","occurred_at":"2026-11-20T10:00:00Z","properties":{}}',
  ]
  const { summary, events, fileOf } = await setUp({
    'e.ndjson': lines.join('\n'),
    'flat.jsonl': '{"when":"2026-11-20T10:00:00Z","basket":{"nr":7,"sum":"5,00"},"who":"Ada"}\n',
    'map.json': { ...map, columns: { when: 'occurred_at', 'basket.nr': 'receipt_id', 'basket.sum': 'total' } },
  })
  const words = ['--source', 'till-paris', '--set', 'consent.analytics=denied', '--rejected', './r.ndjson']
  expect(await summary('e.ndjson', ...words)).toMatchObject({ accepted: 1, rejected: 2, unreadable: 1 })
  const rejected = (await fileOf('r.ndjson')).trimEnd().split('\n')
  expect(rejected.filter((_, index) => index % 2 === 1)).toEqual(lines.slice(1))
  expect(JSON.parse(rejected[2] ?? '')).toMatchObject({ footfall_line: 3, footfall_status: 'unreadable' })

  expect(await summary('flat.jsonl', '--source', 'till-paris', '--map', 'map.json')).toMatchObject({ accepted: 1 })
  const [page, purchase] = await events()
  expect(page).toMatchObject({ user_id: 'u1', consent: { analytics: 'granted' } })
  expect(purchase).toMatchObject({ properties: { receipt_id: '7' }, money: { total: { minor: 500 } } })
  expect(JSON.stringify(purchase)).not.toContain('Ada')
})

test('an event that is nested without end, or larger than any may be, is given back', async () => {
  const deep = `{"name":"a","properties":{"a":${'['.repeat(50_000)}${']'.repeat(50_000)}}}`
  const { summary } = await setUp({ 'e.ndjson': `${deep}\n{"name":"a","properties":{"a":"${'x'.repeat(600_000)}"}}\n` })
  const result = await summary('e.ndjson', '--source', 'till-paris', '--rejected', './r.ndjson')
  expect(result.problems.map(({ line, detail }) => [line, detail])).toEqual([
    [1, 'It is nested too deeply.'],
    [2, expect.stringContaining('larger than 65536 bytes')],
  ])
})

test('a file never has its time from when it is read', async () => {
  const content = 'receipt_id,occurred_at,total,store_id\n1,2026-11-22T19:00:00Z,5,S\n2,,5,S\n3,1999-01-01T00:00:00Z,5,S\n'
  const { summary, events } = await setUp({ 'till.csv': content })
  const words = [
    'till.csv',
    '--source',
    'till-paris',
    '--name',
    'pos_sale',
    '--set',
    'consent.analytics=granted',
    '--rejected',
    './r.csv',
  ]
  expect(await summary(...words)).toMatchObject({ accepted: 1, quarantined: 2 })
  expect((await events()).map(({ occurred_at }) => occurred_at)).toEqual(['1999-01-01T00:00:00.000Z'])
})

test('more rows than go in one request are sent in their order, each once', async () => {
  const rows = Array.from({ length: 2345 }, (_, index) => `R-${index},2026-11-20T10:00:00Z,${index}.00,S`)
  const { summary, get, progress } = {
    ...(await setUp({ 'till.csv': `receipt_id,occurred_at,total,store_id\n${rows.join('\n')}\n` })),
    progress: [],
  }
  const words = ['till.csv', '--source', 'till-paris', '--name', 'pos_sale', '--set', 'consent.analytics=granted']
  expect(await summary(...words)).toMatchObject({ rows: 2345, accepted: 2345 })
  expect(await summary(...words)).toMatchObject({ accepted: 0, duplicate: 2345 })
  const { sources } = (await (await get('/v1/sources')).json()) as { sources: { id: string; received_7d: number }[] }
  expect(sources.find(({ id }) => id === 'till-paris')?.received_7d).toBe(4690)
  expect(progress).toEqual([])
})

test.each<{ name: string; words: readonly string[]; code: string; says: string }>([
  { name: 'no file', words: ['--source', 's'], code: 'bad_usage', says: 'Say which file' },
  { name: 'no source', words: ['till.csv'], code: 'bad_usage', says: '--source' },
  { name: 'a word that is none', words: ['till.csv', '--sauce', 's'], code: 'bad_usage', says: '--sauce' },
  {
    name: 'a setting without a value',
    words: ['till.csv', '--source', 's', '--set', 'currency'],
    code: 'bad_usage',
    says: '--set takes',
  },
  {
    name: 'itself for what is given back',
    words: ['till.csv', '--source', 's', '--rejected', 'till.csv'],
    code: 'bad_usage',
    says: 'the file itself',
  },
  {
    name: 'a map that is none',
    words: ['till.csv', '--source', 's', '--map', 'till.csv'],
    code: 'bad_import',
    says: 'cannot be read as a map',
  },
  {
    name: 'a map with something else',
    words: ['till.csv', '--source', 's', '--map', 'bad.json'],
    code: 'bad_import',
    says: 'and nothing else',
  },
  {
    name: 'a map of another file',
    words: ['till.csv', '--source', 's', '--map', 'other.json'],
    code: 'bad_import',
    says: 'Kassenbon, Datum',
  },
])('what cannot be begun is one sentence, and nothing is sent: $name', async ({ words, code, says }) => {
  const { run, events } = await setUp(
    { 'till.csv': csv, 'bad.json': { colums: {} }, 'other.json': { columns: { Beleg: 'receipt_id' } } },
    null,
  )
  await expect(run(...words)).rejects.toMatchObject({ code, message: expect.stringContaining(says) })
  expect(await events()).toEqual([])
})

test('what is wrong at the end of a file shows before its beginning is sent', async () => {
  const { run, events } = await setUp({ 'till.csv': `${csv}4714;"never closed\n`, 'map.json': map })
  await expect(run('till.csv', '--source', 'till-paris', '--map', 'map.json')).rejects.toMatchObject({ code: 'bad_import' })
  expect(await events()).toEqual([])
})

test('text of a file moves no cursor', async () => {
  const content = 'receipt_id,occurred_at,total,store_id\n"\u001b[2J\u0007R",2026-11-20T10:00:00Z,5,S\n'
  const { run } = await setUp({ 'till.csv': content })
  const { text } = await run('till.csv', '--source', 'till-paris', '--name', 'pos_sale', '--set', 'consent.analytics=granted')
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it is about
  expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/)
})

test('what was erased or taken back does not come again with the file', async () => {
  const content =
    'receipt_id,occurred_at,total,store_id,user_id\n1,2026-11-20T10:00:00Z,5,S,ada\n2,2026-11-20T10:00:00Z,5,S,bob\n'
  const { summary, url, events } = await setUp({ 'till.csv': content })
  const words = [
    'till.csv',
    '--source',
    'till-paris',
    '--name',
    'pos_sale',
    '--set',
    'consent.analytics=granted',
    '--rejected',
    './r.csv',
  ]
  expect(await summary(...words)).toMatchObject({ accepted: 2 })
  const headers = { authorization: `Bearer ${secretKey}`, 'content-type': 'application/json' }
  expect((await fetch(`${url}/v1/subjects/ada`, { method: 'DELETE', headers })).status).toBe(200)
  const body = JSON.stringify({ subject: 'bob', purposes: { analytics: 'denied' } })
  expect((await fetch(`${url}/v1/consent`, { method: 'POST', headers, body })).status).toBe(200)
  expect(await summary(...words)).toMatchObject({ accepted: 0, rejected: 2 })
  expect((await events()).map(({ user_id }) => user_id)).toEqual(['bob'])
})

test('a collector that is shutting down is one sentence', async () => {
  const { run, collector } = await setUp({ 'till.csv': csv, 'map.json': map })
  await collector.close()
  await expect(run('till.csv', '--source', 'till-paris', '--map', 'map.json')).rejects.toMatchObject({
    code: 'collector_refused',
  })
})

test('the command ends with 0 when all was taken or known, with 1 when anything was not, and with 2 when it could not begin', async () => {
  const { folder } = await setUp({ 'till.csv': csv, 'bad.csv': `${csv}4714;soon;;1;;\n`, 'map.json': map })
  const main = join(import.meta.dirname, '..', '..', 'src', 'main.ts')
  const end = async (...words: readonly string[]) => {
    const args = [main, 'import', ...words, '--map', 'map.json', '--config', 'config.json', '--json']
    const child = spawn(process.execPath, args, { cwd: folder, env: { ...nodeEnv }, stdio: 'ignore' })
    const [code] = await once(child, 'exit')
    return code
  }
  const source = ['--source', 'till-paris']
  expect(
    await Promise.all([end('till.csv', ...source), end('bad.csv', ...source), end('none.csv', ...source), end('till.csv')]),
  ).toEqual([0, 1, 2, 2])
})

test('what holds for every row is shown with the columns, and a name that nearly is one is refused', async () => {
  const content = 'receipt_id,occurred_at,total\n1,2026-03-14T10:00:00Z,5\n'
  const { run, events } = await setUp({ 'till.csv': content })
  const words = ['till.csv', '--source', 'till-paris', '--name', 'POS Sale', '--set', 'consent.analytics=granted']
  const { text } = await run(...words, '--set', 'currency=usd', '--set', 'store_id=S-1', '--set', 'till_no=7', '--dry-run')
  expect(text).toMatch(/all rows +name +POS Sale +pos_purchase_completed\n/)
  expect(text).toMatch(/all rows +currency +usd +USD\n/)
  expect(text).toMatch(/all rows +till_no \(not in the catalogue\) +7 +7\n/)
  for (const [said, meant] of [
    ['curency=EUR', 'did you mean currency?'],
    ['consent.analytic=granted', 'it has analytics,'],
  ] as const) {
    await expect(run(...words, '--set', said)).rejects.toMatchObject({
      code: 'bad_import',
      message: expect.stringContaining(meant),
    })
  }
  expect(await events()).toEqual([])
})

test('asked to stop, it waits for what is under way, says how far it came, and the same again does the rest', async () => {
  const rows = Array.from({ length: 2000 }, (_, index) => `${index},2026-03-14T10:00:00Z,5,S\n`)
  const { runOn, summary, events } = await setUp({ 'till.csv': `receipt_id,occurred_at,total,store_id\n${rows.join('')}` })
  const words = ['till.csv', '--source', 'till-paris', '--name', 'pos_sale', '--set', 'consent.analytics=granted']
  const asked = new AbortController()
  const stopped = runOn({ signal: asked.signal, progress: (line) => void (line.includes('[') && asked.abort()) }, ...words)
  const message = await stopped.then(
    () => '',
    (cause: unknown) => (cause as FootfallError).message,
  )
  const [, done, inStore] =
    /^Stopped after ([\d,]+) of 2,000 rows: ([\d,]+) events are in; run the same again/.exec(message) ?? []
  expect(done).toBe(inStore)
  expect(Number(done?.replace(',', ''))).toBeGreaterThanOrEqual(500)
  expect(Number(done?.replace(',', ''))).toBeLessThan(2000)
  const again = await summary(...words)
  expect([again.duplicate, again.accepted + again.duplicate]).toEqual([Number(done?.replace(',', '')), 2000])
  expect(await events()).toHaveLength(500)
  await expect(runOn({ signal: AbortSignal.abort() }, ...words)).rejects.toThrow('Stopped; nothing was sent.')
})

test('a file without rows is said to have none', async () => {
  const { run } = await setUp({ 'till.csv': 'receipt_id,total\n' })
  const { isComplete, text } = await run('till.csv', '--source', 'till-paris')
  expect([isComplete, text.split('\n').at(-1)]).toEqual([true, 'The file has no rows: there was nothing to send.'])
})

/** The command in a process of its own, in the folder of its files. */
function spawnImport(folder: string, ...words: readonly string[]) {
  const main = join(import.meta.dirname, '..', '..', 'src', 'main.ts')
  const args = [main, 'import', ...words, '--config', 'config.json']
  const child = spawn(process.execPath, args, { cwd: folder, env: nodeEnv, stdio: ['ignore', 'pipe', 'pipe'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  return { child, stdout: child.stdout, error: text(child.stderr), end: once(child, 'close') }
}

test('whoever reads what it says may go away: it ends as it would have', async () => {
  const { folder, events } = await setUp({ 'till.csv': csv, 'map.json': map })
  const { stdout, error, end } = spawnImport(folder, 'till.csv', '--source', 'till-paris', '--map', 'map.json')
  stdout.destroy()
  expect([await end, await error]).toEqual([[0, null], ''])
  expect(await events()).toHaveLength(3)
})

test('Ctrl-C ends it with 130 and a sentence, and nothing is counted that is not in', async () => {
  const rows = Array.from({ length: 50_000 }, (_, index) => `${index},2026-03-14T10:00:00Z,5,S\n`)
  const { folder, get } = await setUp({ 'till.csv': `receipt_id,occurred_at,total,store_id\n${rows.join('')}` })
  const words = ['till.csv', '--source', 'till-paris', '--name', 'pos_sale', '--set', 'consent.analytics=granted']
  const { child, stdout, error, end } = spawnImport(folder, ...words)
  // How it is read is said before anything is sent.
  await once(stdout, 'data')
  child.kill('SIGINT')
  stdout.resume()
  expect(await end).toEqual([130, null])
  const [, , said = ''] =
    /^footfall: Stopped after ([\d,]+) of 50,000 rows: ([\d,]+) events are in; run the same again[^\n]+\n$/.exec(await error) ??
    []
  const { totals } = (await (await get('/v1/reports/quality?from=2026-11-22&to=2026-11-22')).json()) as {
    totals: { accepted: number }
  }
  expect(totals.accepted).toBe(Number(said.replace(',', '')))
})
