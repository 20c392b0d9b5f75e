import { createHash } from 'node:crypto'
import { cp, mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type BuildOptions, build } from 'esbuild'
import { run } from './run.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const inPackage = (name: string, ...path: string[]) => join(root, 'packages', name, ...path)

/** What every bundle for a browser has in common. es2022 is what the browsers of the last four years run without translation. */
const forBrowsers: BuildOptions = { bundle: true, minify: true, target: 'es2022', legalComments: 'none', logLevel: 'warning' }

/** The SDK: the module for bundlers, the file for a script tag with its integrity hash, and the stub for early calls. */
export async function buildBrowser(): Promise<void> {
  const source = (name: string) => inPackage('browser', 'src', name)
  const dist = (name: string) => inPackage('browser', 'dist', name)
  await build({ ...forBrowsers, format: 'esm', entryPoints: [source('index.ts')], outfile: dist('index.js'), sourcemap: true })
  const script = await build({
    ...forBrowsers,
    format: 'iife',
    entryPoints: [source('script.ts')],
    outfile: dist('footfall.js'),
    write: false,
  })
  const bytes = script.outputFiles[0]?.contents
  if (!bytes) throw new Error('esbuild made no script')
  await mkdir(dist('.'), { recursive: true })
  await writeFile(dist('footfall.js'), bytes)
  await writeFile(dist('footfall.js.sri'), `sha384-${createHash('sha384').update(bytes).digest('base64')}\n`)
  await cp(source('stub.js'), dist('stub.js'))
}

/** The reports page. */
export async function buildReports(): Promise<void> {
  await build({
    ...forBrowsers,
    format: 'esm',
    entryPoints: { main: inPackage('reports', 'src', 'main.ts'), 'main-style': inPackage('reports', 'src', 'main.css') },
    outdir: inPackage('reports', 'dist'),
  })
  await cp(inPackage('reports', 'dist', 'main-style.css'), inPackage('reports', 'dist', 'main.css'))
  await rm(inPackage('reports', 'dist', 'main-style.css'))
  await cp(inPackage('reports', 'index.html'), inPackage('reports', 'dist', 'index.html'))
}

/** The demo shop. */
export async function buildShop(): Promise<void> {
  const shop = (...path: string[]) => join(root, 'examples', 'shop', ...path)
  await build({
    ...forBrowsers,
    format: 'esm',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    entryPoints: [shop('src', 'main.tsx'), shop('src', 'styles.css')],
    entryNames: '[name]',
    outdir: shop('dist'),
  })
  await cp(shop('dist', 'styles.css'), shop('dist', 'main.css'))
  await cp(shop('src', 'index.html'), shop('dist', 'index.html'))
}

/** What a browser loads: a second's work. */
export async function buildPages(): Promise<void> {
  await Promise.all([buildBrowser(), buildReports(), buildShop()])
}

/** Everything that is served or published: the pages, all types, and the JavaScript of what runs in Node with its SQL beside it. */
export async function buildAll(): Promise<void> {
  for (const name of ['events', 'browser', 'collector', 'reports'])
    await rm(inPackage(name, 'dist'), { recursive: true, force: true })
  await buildPages()
  await run('tsc', ['-b', 'packages'], root)
  await cp(inPackage('collector', 'src', 'sinks', 'sqlite'), inPackage('collector', 'dist', 'sinks', 'sqlite'), {
    recursive: true,
    filter: (path) => !path.endsWith('.ts'),
  })
}

if (import.meta.main) await buildAll()
