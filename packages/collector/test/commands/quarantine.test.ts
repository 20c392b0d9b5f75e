import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { batch, everythingGranted, nextId } from '@footfall/testkit/builders'
import { expect, test } from 'vitest'
import { secretKey, startCollector, writeKey } from '../start-collector.ts'
import { runWords } from './run-words.ts'

const noon = Date.UTC(2026, 10, 21, 12)

async function setUp() {
  const started = await startCollector({ store: 'memory' }, { now: () => noon })
  const { url, folder } = started
  const config = join(folder, 'config.json')
  await writeFile(config, JSON.stringify({ url, writeKey, secretKey, dataDir: folder }))
  const run = async (...words: readonly string[]) => {
    const { text, isInOrder } = await runWords(['quarantine', ...words, '--config', config])
    return { text, isInOrder }
  }
  const events = ['till-paris', 'till-paris', 'till-rome'].map((source) => ({
    id: nextId(),
    name: 'product_viewed',
    occurred_at: '03/04/2026 10:15',
    source,
    consent: everythingGranted,
    properties: { product_id: 'A\u001b[31m' },
  }))
  const sent = await started.post(JSON.stringify(batch(events, { sent_at: noon })), { authorization: `Bearer ${secretKey}` })
  expect(await sent.json()).toMatchObject({ quarantined: 3 })
  const [row] = await started.quarantined()
  return { ...started, run, config, key: row?.key ?? '' }
}

test('what is kept aside is listed by what it is, and shown one by one', async () => {
  const { run, key } = await setUp()
  const lines = (await run()).text.split('\n')
  expect(lines).toHaveLength(3)
  expect(lines[0]).toMatch(/^[0-9a-f]{32} {2}2026-11-21T12:00:00\.000Z {2}till-paris {2}product_viewed {2}bad_time DT-NUM-ORDER$/)
  expect((await run('list', '--source', 'till-rome')).text.split('\n')).toHaveLength(1)
  expect((await run('list', '--code', 'bad_money')).text).toBe('Nothing like this is kept aside.')
  expect((await run('list', '--limit', '1')).text).toContain('There are more')
  expect(JSON.parse((await run('--json')).text).events).toHaveLength(3)

  const { text } = await run('show', key)
  expect(text).toContain('bad_time DT-NUM-ORDER: occurred_at has more than one reading')
  expect(text).toContain('"occurred_at":"03/04/2026 10:15"')
  expect(JSON.parse((await run('show', key, '--json')).text)).toMatchObject({ key, code: 'bad_time' })
})

test('nothing that was sent moves the cursor of the terminal', async () => {
  const { run, key } = await setUp()
  expect(/\p{Cc}/u.test((await run('show', key)).text.replaceAll('\n', ''))).toBe(false)
})

test('it is replayed with a patch, which may stand in a file, and only tried first', async () => {
  const { run, key, folder, events } = await setUp()
  const file = join(folder, 'patch.json')
  await writeFile(file, JSON.stringify({ occurred_at: noon }))

  const failed = await run('replay', '--all')
  expect(failed).toMatchObject({ isInOrder: false })
  expect(failed.text).toContain('3 looked at: 0 accepted, 0 duplicates, 3 stay, 0 refused for good.')
  expect(failed.text).toContain(`${key}  bad_time: `)

  const tried = await run('replay', '--source', 'till-paris', '--patch', file, '--dry-run')
  expect(tried).toEqual({
    isInOrder: true,
    text: '2 looked at: 2 would be accepted, 0 duplicates, 0 stay, 0 would be refused for good.',
  })
  expect(await events()).toEqual([])
  const done = await run('replay', '--source', 'till-paris', '--patch', `{"occurred_at":${noon}}`, '--json')
  expect(JSON.parse(done.text)).toEqual({ looked_at: 2, accepted: 2, duplicate: 0, quarantined: 0, rejected: 0, problems: [] })
  expect(await events()).toHaveLength(2)
})

test('asked to stop, a replay ends between two parts and says how far it came', async () => {
  const { post, config } = await setUp()
  for (let part = 0; part < 2; part += 1) {
    const events = Array.from({ length: 500 }, () => ({
      id: nextId(),
      name: 'x',
      occurred_at: '03/04/2026',
      consent: everythingGranted,
    }))
    await post(JSON.stringify(batch(events, { sent_at: noon })), { authorization: `Bearer ${secretKey}` })
  }
  const words = ['quarantine', 'replay', '--all', '--patch', `{"occurred_at":${noon}}`, '--config', config]
  const stopped = runWords(words, { signal: AbortSignal.abort() })
  const message = await stopped.then(String, (cause: unknown) => (cause as Error).message)
  const [, looked] = /^Stopped\. (\d+) looked at: .+ Run the same again for the others\.$/.exec(message) ?? []
  expect(Number(looked)).toBeLessThan(1003)
  const { text } = await runWords([...words, '--json'])
  expect(JSON.parse(text)).toMatchObject({ looked_at: 1003 - Number(looked) })
})

test('it is purged', async () => {
  const { run, key } = await setUp()
  expect((await run('purge', key)).text).toBe('1 removed for good.')
  expect((await run('purge', '--source', 'till-rome', '--json')).text).toBe('{"purged":1}')
  expect((await run('purge', '--all')).text).toBe('1 removed for good.')
  expect((await run()).text).toBe('Nothing is kept aside.')
  expect((await run('replay', '--all')).text).toBe('There was nothing to read again.')
  await expect(run('show', key)).rejects.toMatchObject({ code: 'collector_refused' })
})

test.each([
  { words: ['mend'] },
  { words: ['list', 'key'] },
  { words: ['list', '--all'] },
  { words: ['show'] },
  { words: ['show', 'a', 'b'] },
  { words: ['show', 'a', '--source', 'x'] },
  { words: ['replay'] },
  { words: ['replay', 'a', '--all'] },
  { words: ['replay', 'a', '--source', 'x'] },
  { words: ['replay', '--all', '--source', 'x'] },
  { words: ['replay', '--all', '--patch', '{"a":'] },
  { words: ['replay', '--all', '--patch', 'no such file'] },
  { words: ['purge'] },
  { words: ['purge', '--all', '--dry-run'] },
  { words: ['--sorce', 'x'] },
])('$words is refused, and nobody is asked', async ({ words }) => {
  await expect(runWords(['quarantine', ...words])).rejects.toMatchObject({ code: 'bad_usage' })
})
