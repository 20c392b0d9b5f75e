import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { run } from '../run.ts'

/**
 * Something that is measured. `subjects/<file>.js` makes it say what all say: `start(base)`, `track(name, properties)`, and for
 * trackers also `page()`, `identify(userId)` and `consent('granted' | 'denied')`: the calls of a whole shop, so that no bundle is
 * smaller because it leaves some out.
 */
export interface Subject {
  readonly name: string
  readonly file: string
  /** The peer's package with its version. Absent for ours and for what is only there for scale. */
  readonly peer?: `${string}@${string}`
  readonly isTracker: boolean
}

export const footfall: Subject = { name: 'Footfall', file: 'footfall', isTracker: true }

export const references: readonly Subject[] = [
  { name: 'empty function', file: 'empty', isTracker: false },
  { name: 'bare localStorage write', file: 'local-storage', isTracker: false },
  { name: 'bare IndexedDB put', file: 'indexeddb', isTracker: false },
]

/**
 * The peers, each in its most reliable documented configuration. Versions are exact, so that a figure can be had again; each is
 * the newest of November 2026 whose own dependencies are on npm.
 */
export const peers: readonly Subject[] = [
  { name: 'Amplitude', file: 'amplitude', peer: '@amplitude/analytics-browser@2.47.0', isTracker: true },
  { name: 'PostHog', file: 'posthog', peer: 'posthog-js@1.449.2', isTracker: true },
  { name: 'RudderStack', file: 'rudderstack', peer: '@rudderstack/analytics-js@3.34.1', isTracker: true },
  { name: 'Segment', file: 'segment', peer: '@segment/analytics-next@1.84.3', isTracker: true },
  { name: 'Snowplow', file: 'snowplow', peer: '@snowplow/browser-tracker@4.10.1', isTracker: true },
]

const root = fileURLToPath(new URL('../..', import.meta.url))
const cache = join(root, 'node_modules', '.cache', 'footfall', 'peers')

/** As in a table: a figure of a peer means nothing without its version. */
export const label = ({ name, peer }: Subject): string => (peer ? `${name} ${peer.slice(peer.lastIndexOf('@') + 1)}` : name)

/**
 * Puts a peer into the cache, unless it is there: outside the workspace, which must not depend on any, and each in a folder of its own,
 * so that one that cannot be had does not take the others along.
 */
async function install(peer: string): Promise<string> {
  const folder = join(cache, peer.replaceAll('/', '+'))
  const modules = join(folder, 'node_modules')
  const isThere = await readFile(join(modules, peer.slice(0, peer.lastIndexOf('@')), 'package.json')).catch(() => undefined)
  if (!isThere) {
    console.error(`installing ${peer} into ${folder}`)
    await run('npm', ['install', '--prefix', folder, '--ignore-scripts', '--no-audit', '--no-fund', peer], root)
  }
  return modules
}

/** One file of a bundle. */
export interface Chunk {
  readonly contents: Uint8Array
  /** Whether it is needed before the first call, or fetched later if at all. */
  readonly isFirstLoad: boolean
}

/**
 * Bundles a subject as a shop would. `iife` is one file that leaves the subject in the global `subject`; `esm` is what a shop ships, with
 * what is loaded later in chunks of its own.
 *
 * @throws Error when a peer cannot be installed or bundled
 */
export async function bundle({ file, peer }: Subject, format: 'iife' | 'esm'): Promise<readonly Chunk[]> {
  const { outputFiles, metafile } = await build({
    entryPoints: [join(root, 'scripts', 'bench', 'subjects', `${file}.js`)],
    bundle: true,
    minify: true,
    legalComments: 'none',
    logLevel: 'error',
    target: 'es2022',
    format,
    ...(format === 'esm' ? { splitting: true } : { globalName: 'subject' }),
    define: { 'process.env.NODE_ENV': '"production"' },
    nodePaths: peer ? [await install(peer)] : [],
    outdir: cache,
    absWorkingDir: root,
    metafile: true,
    write: false,
  })
  const paths = Object.keys(metafile.outputs)
  const first = new Set(paths.filter((path) => metafile.outputs[path]?.entryPoint?.endsWith(`subjects/${file}.js`)))
  // A set that grows while it is walked: what the first load imports is first load too.
  for (const path of first)
    for (const { path: imported, kind } of metafile.outputs[path]?.imports ?? [])
      if (kind === 'import-statement') first.add(imported)
  return paths.map((path) => ({
    contents: outputFiles.find((output) => output.path === join(root, path))?.contents ?? new Uint8Array(),
    isFirstLoad: first.has(path),
  }))
}
