import { collectDefaultMetrics } from 'prom-client'
import { createCollector } from '../collector.ts'
import { type Config, loadOptions } from '../config.ts'
import { keysFile } from '../keys.ts'
import { listen } from '../listen.ts'
import { createAssets } from '../static.ts'

/** Where a command writes, and what ends it. */
export interface Terminal {
  readonly out: (line: string) => void
  /** Resolves when the process is asked to end; calls back each time it is asked again. */
  readonly untilAsked: (onImpatience: () => void) => Promise<void>
}

/** An orchestrator sends SIGKILL soon after: what is not durable by then is sent again by its trackers. */
const drainMs = 10_000

/**
 * `footfall serve`: runs the collector until it is asked to end, then drains.
 *
 * @throws FootfallError when it cannot start
 */
export async function serve(configFile: string | undefined, terminal: Terminal): Promise<void> {
  const cut = Promise.withResolvers<void>()
  // From the first moment: a store that takes long to open must not make the process deaf.
  const asked = terminal.untilAsked(() => cut.resolve())
  const collector = createCollector(await loadOptions({ file: configFile }))
  collectDefaultMetrics({ register: collector.metrics, prefix: 'footfall_' })
  const { config } = collector
  // Now or never: even if nothing else succeeds, these keys will not be new again.
  for (const line of newKeyLines(config)) terminal.out(line)
  try {
    await collector.ready
    const server = await listen(collector, config.host, config.port)
    terminal.out(`Footfall collects at ${server.url}/v1/events; reports are at ${server.url}/reports/`)
    for (const line of trackerLines(server.url)) terminal.out(line)
    await asked
    const timer = setTimeout(() => cut.resolve(), drainMs)
    // Both at once: the collector lets its watchers go, without whom the server would wait for them.
    await Promise.race([Promise.all([server.close(drainMs / 2), collector.close()]), cut.promise])
    clearTimeout(timer)
  } catch (cause) {
    await collector.close()
    throw cause
  }
}

/** Keys are shown once, when they are made; afterwards they are where they are kept. */
const newKeyLines = ({ projects, newKeysFor, dataDir }: Config): readonly string[] => [
  ...projects
    .filter(({ id }) => newKeysFor.includes(id))
    .flatMap(({ id, writeKey, secretKey }) => [
      `Write key of ${id} (public): ${writeKey}`,
      `Secret key of ${id} (reads everything): ${secretKey}`,
    ]),
  ...(newKeysFor.length === 0 ? [] : [`These keys are kept in ${keysFile(dataDir)} and not shown again.`]),
]

/** What a script tag needs that pins the tracker: an address that always has this content, and the content's hash. */
function trackerLines(url: string): readonly string[] {
  const tracker = createAssets().tracker()
  if ('kind' in tracker) return []
  return [`Tracker: ${url}/footfall/${tracker.version}/footfall.js, integrity="${tracker.integrity}"`]
}
