import '../../src/heap-flags.ts'
import { createCollector, listen, loadOptions, resolveConfig } from '../../src/index.ts'
import { subjectSecretOf } from '../../src/keys.ts'
import { createSqliteSink } from '../../src/sinks/sqlite/sqlite-sink.ts'

/**
 * A collector for a soak: as `footfall serve` makes it, but what is older than so many seconds goes every half minute, so that the store
 * comes to a size that it keeps. Says its address, then how many events went, and ends at SIGTERM.
 */
const keepMs = Number(process.env.SOAK_KEEP_SECONDS) * 1000
const options = await loadOptions()
const config = resolveConfig(options)
const store = createSqliteSink({
  folder: config.dataDir,
  projects: config.projects,
  subjectSecret: subjectSecretOf(config.dataDir, () => false),
})
const collector = createCollector(options, { store })
await collector.ready
const server = await listen(collector, '127.0.0.1', config.port)
console.log(`soaks, collects at ${server.url}`)

let removed = 0
const timer = setInterval(async () => {
  const cutoff = Date.now() - keepMs
  for (const { events } of await store.retain([{ project: 'default', cutoffs: { analytics: cutoff, quarantine: cutoff } }])) {
    removed += events
  }
}, 30_000)
process.once('SIGTERM', async () => {
  clearInterval(timer)
  await Promise.all([server.close(), collector.close()])
  console.log(`removed ${removed}`)
  process.exit(0)
})
