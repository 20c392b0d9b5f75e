import { expect, onTestFinished, test } from 'vitest'
import { createServeProcess } from '../serve-process.ts'
import { temporaryFolder } from '../start-collector.ts'
import { playKills } from './kills.ts'
import { createNodeSender, openTabs } from './senders.ts'

const kills = Number(process.env.FOOTFALL_KILLS ?? 200)

test(`killed ${kills} times under the load of real pages and more, it has everything that was captured, each once`, async () => {
  const folder = await temporaryFolder()
  const collector = await createServeProcess(folder)
  await collector.start()
  const senders = [
    ...(await openTabs(2, collector.url)),
    ...Array.from({ length: 8 }, (_, index) => createNodeSender(`node${index}`, collector.url)),
  ]
  onTestFinished(() => Promise.all(senders.map((sender) => sender.close())).then(() => {}))
  const startedAt = performance.now()
  const { captured, stored, slowestStartMs } = await playKills(kills, { collector, folder, senders, perSecond: 15 }, (done) => {
    if (done % 20 === 0) console.log(`${done} kills, ${Math.round((performance.now() - startedAt) / 1000)} s`)
  })
  console.log(`${kills} kills: ${captured} events captured, ${stored} stored, slowest start ${slowestStartMs} ms`)
  expect(stored).toBe(captured)
}, 3_600_000)
