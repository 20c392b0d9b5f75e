import { expect, onTestFinished, test } from 'vitest'
import { createServeProcess } from '../serve-process.ts'
import { temporaryFolder } from '../start-collector.ts'
import { playKills } from './kills.ts'
import { createNodeSender } from './senders.ts'

test('killed under load again and again, it has everything that was captured, each once', async () => {
  const folder = await temporaryFolder()
  const collector = await createServeProcess(folder)
  await collector.start()
  const senders = Array.from({ length: 4 }, (_, index) => createNodeSender(`node${index}`, collector.url))
  onTestFinished(() => Promise.all(senders.map((sender) => sender.close())).then(() => {}))
  const { stored } = await playKills(5, { collector, folder, senders, perSecond: 30 })
  expect(stored).toBeGreaterThan(50)
}, 300_000)
