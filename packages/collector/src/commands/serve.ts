import { collectDefaultMetrics } from 'prom-client'
import { createCollector } from '../collector.ts'
import { type Config, loadOptions, loadTraceSettings } from '../config.ts'
import { keysFile } from '../keys.ts'
import { type ListeningCollector, listen } from '../listen.ts'
import { createLog } from '../ops/log.ts'
import { pinnedTracker } from '../pinned-tracker.ts'
import type { Terminal } from './command.ts'

/** An orchestrator sends SIGKILL soon after: what is not durable by then is sent again by its trackers. */
const drainMs = 10_000

interface Given {
  readonly config: string | undefined
  readonly json: boolean
}

/**
 * `footfall serve`: runs the collector until it is asked to end, then drains.
 *
 * @throws FootfallError when it cannot start
 */
export async function serve(
  { config: file, json: isJson }: Given,
  { out, signal }: Pick<Terminal, 'out' | 'signal'>,
): Promise<void> {
  // Heard from the first moment: a store that takes long to open must not make the process deaf.
  const asked = aborted(signal)
  const collector = createCollector(await loadOptions({ file }), { traces: loadTraceSettings() })
  collectDefaultMetrics({ register: collector.metrics, prefix: 'footfall_' })
  const { config } = collector
  // Said by this command and not by the log's level: whoever asks for lines of the log wants these.
  const log = isJson ? createLog('info') : null
  // Now or never: even if nothing else succeeds, these keys will not be new again.
  if (config.newKeysFor.length > 0) {
    // A log is kept, and read by many: it gets the place of the keys.
    log?.info({ projects: config.newKeysFor, file: keysFile(config.dataDir) }, 'keys were made')
    if (log === null) for (const line of newKeyLines(config)) out(line)
  }
  let server: ListeningCollector | null = null
  try {
    // Before the store is open: to bring a large one to a newer version takes minutes, in which whoever looks must not think it dead.
    server = await listen(collector, config.host, config.port)
    await collector.ready
    const tracker = pinnedTracker(server.url)
    log?.info({ url: server.url, events: `${server.url}/v1/events`, reports: `${server.url}/reports/`, tracker }, 'it collects')
    if (log === null) {
      out(`Footfall collects at ${server.url}/v1/events; reports are at ${server.url}/reports/`)
      if (tracker !== null) out(`Tracker: ${tracker.url}, integrity="${tracker.integrity}"`)
    }
    await asked
    let timer: NodeJS.Timeout | undefined
    const limit = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, drainMs)
    })
    // Both at once: the collector lets its watchers go, without whom the server would wait for them.
    await Promise.race([Promise.all([server.close(drainMs / 2), collector.close()]), limit])
    clearTimeout(timer)
  } catch (cause) {
    await Promise.allSettled([server?.close(0), collector.close()])
    throw cause
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  if (signal.aborted) resolve()
  else signal.addEventListener('abort', () => resolve(), { once: true })
  return promise
}

/** Keys are shown once, when they are made; afterwards they are where they are kept. */
const newKeyLines = ({ projects, newKeysFor, dataDir }: Config): readonly string[] => [
  ...projects
    .filter(({ id }) => newKeysFor.includes(id))
    .flatMap(({ id, writeKeys: [writeKey], secretKeys: [secretKey] }) => [
      `Write key of ${id} (public): ${writeKey}`,
      `Secret key of ${id} (reads everything): ${secretKey}`,
    ]),
  ...(newKeysFor.length === 0 ? [] : [`These keys are kept in ${keysFile(dataDir)} and not shown again.`]),
]
