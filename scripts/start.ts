import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { FootfallError, listen, loadOptions, pinnedTracker } from '@footfall/collector'
import { buildPages } from './build.ts'
import { createDemo } from './demo.ts'

/** Builds what ships to browsers, then serves the collector, the reports and the demo shop until Ctrl-C. */
async function start(): Promise<void> {
  const options = await loadOptions()
  const keysFile = join(resolve(options.dataDir ?? '.data'), 'keys.json')
  const hadKeys = existsSync(keysFile)
  // A terminal is for people: FOOTFALL_LOG_LEVEL=info shows the log as well.
  const { app, collector } = createDemo({ logLevel: 'silent', ...options })
  try {
    await collector.ready
    console.log('Building the tracker, the reports and the shop …')
    await buildPages()
    const { config } = collector
    const server = await listen(app, config.host, config.port)
    const [project] = config.projects
    console.log(`
  Shop      ${server.url}/shop/
  Reports   ${server.url}/reports/
  API       ${server.url}/v1/events   (described in ${server.url}/openapi.json)

  Write key   ${project?.writeKeys[0]}
  Secret key  ${options.secretKey ? 'as set in FOOTFALL_SECRET_KEY' : hadKeys ? `in ${keysFile}` : `${project?.secretKeys[0]}   (printed once; kept in ${keysFile})`}

  For a page of yours, pinned to this tracker by its hash (its origin goes into FOOTFALL_ORIGINS):
  ${scriptTag(server.url, project?.writeKeys[0] ?? '')}

  Walk around in the shop, agree to the banner, and watch the reports page. Ctrl-C stops.
`)
    await new Promise<void>((asked) => {
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => asked())
    })
    console.log('\nStopping: what was received is made durable.')
    await server.close(2_000)
  } finally {
    await collector.close()
  }
}

function scriptTag(url: string, writeKey: string): string {
  const tracker = pinnedTracker(url)
  // Built a moment ago.
  if (tracker === null) throw new Error('the tracker is not there')
  const { url: src, integrity } = tracker
  return `<script async src="${src}" integrity="${integrity}" crossorigin data-write-key="${writeKey}" data-endpoint="${url}/v1/events"></script>`
}

try {
  await start()
} catch (error) {
  // What an operator can mend is one sentence; anything else is a bug of ours and shows where.
  if (!(error instanceof FootfallError)) throw error
  console.error(`\n${error.message}\n`)
  process.exitCode = 1
}
process.exit()
