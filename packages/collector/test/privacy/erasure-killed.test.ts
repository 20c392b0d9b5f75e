import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { batch, envelope, nextId } from '@footfall/testkit/builders'
import { expect, test } from 'vitest'
import { countIn, createServeProcess, killWhile } from '../serve-process.ts'
import { secretKey, temporaryFolder } from '../start-collector.ts'

test('an erasure that is killed in the middle is finished at the next start, and nothing comes in between', async () => {
  const folder = await temporaryFolder()
  const collector = await createServeProcess(folder)
  await collector.start()
  const post = (events: readonly object[]): Promise<Response> =>
    fetch(`${collector.url}/v1/events`, { method: 'POST', body: JSON.stringify(batch(events)) })
  for (let delivered = 0; delivered < 3000; delivered += 500) {
    const events = Array.from({ length: 500 }, (_, index) =>
      envelope({
        id: nextId(),
        anonymous_id: 'killed-visitor-9',
        user_id: 'killed-customer',
        session: { id: `killed-session-${index % 100}` },
      }),
    )
    expect((await post([...events.slice(1), envelope({ anonymous_id: 'bystander', session: null })])).status).toBe(200)
  }
  const erasing = fetch(`${collector.url}/v1/subjects/killed-customer`, {
    method: 'DELETE',
    headers: { authorization: `Bearer ${secretKey}` },
  })
  // As soon as the tombstones stand: the first slice has begun, and the last has not.
  const left = await killWhile(collector, folder, erasing, (store) => countIn(store, 'erasures_under_way') > 0)
  expect(countIn(left, "events WHERE user_id = 'killed-customer'")).toBeGreaterThan(0)
  left.close()

  await collector.start()
  const replay = await post([envelope({ anonymous_id: 'killed-visitor-9', user_id: 'killed-customer' })])
  expect(await replay.json()).toMatchObject({ rejected: 1, problems: [{ code: 'erased' }] })
  const filesHold = async (id: string): Promise<boolean> => {
    const files = await Promise.all((await readdir(folder)).map((file) => readFile(join(folder, file))))
    return Buffer.concat(files).includes(id)
  }
  await expect.poll(() => filesHold('killed-'), { timeout: 20_000, interval: 200 }).toBe(false)
  const read = await fetch(`${collector.url}/v1/events?limit=500`, { headers: { authorization: `Bearer ${secretKey}` } })
  expect(await read.json()).toMatchObject({ events: Array(6).fill({ anonymous_id: 'bystander' }), next: null })
}, 60_000)
