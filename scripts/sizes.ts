import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { build } from 'esbuild'

/** Something that reaches a visitor, and what it weighs in bytes. */
export interface Size {
  readonly name: string
  readonly minified: number
  readonly gzip: number
  readonly brotli: number
  /** The most that `gzip` may be; the root's package.json holds it. Absent for what is only shown. */
  readonly budget?: number
}

const root = fileURLToPath(new URL('..', import.meta.url))

/** The published module through a shop's own bundler, which renames everything once more. */
async function bundled(source: string): Promise<Uint8Array> {
  const { outputFiles } = await build({
    stdin: { contents: source, resolveDir: root, loader: 'ts' },
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    write: false,
  })
  return outputFiles[0]?.contents ?? new Uint8Array()
}

/** Each adaptor to a consent platform alone, as a shop that uses one has it: with what makes the tracker follow. */
async function consentSources(): Promise<[name: string, bytes: Uint8Array][]> {
  const faces = {
    tcf: ['tcf'],
    gpp: ['gpp'],
    google: ['googleConsent', 'googleConsentOutput'],
    cmp: ['oneTrust', 'cookiebot', 'usercentrics', 'usercentrics3', 'didomi', 'klaro', 'cookieYes', 'shopify'],
  }
  return Promise.all(
    Object.entries(faces).flatMap(([face, names]) =>
      names.map(async (name): Promise<[string, Uint8Array]> => {
        const wanted = name === 'googleConsentOutput' ? name : `follow, ${name}`
        return [`consent: ${name}`, await bundled(`export { ${wanted} } from './packages/browser/dist/consent-${face}.js'`)]
      }),
    ),
  )
}

/** Weighs what ships to browsers. It must have been built. */
export async function measureSizes(): Promise<readonly Size[]> {
  const { budgets } = JSON.parse(await readFile(`${root}/package.json`, 'utf8'))
  const file = (path: string) => readFile(`${root}/packages/${path}`)
  const parts: [name: string, bytes: Uint8Array][] = [
    ['npm core', await file('browser/dist/index.js')],
    ['npm core, minified again by esbuild', await bundled(`export { createTracker } from './packages/browser/dist/index.js'`)],
    ['script tag', await file('browser/dist/footfall.js')],
    ['stub', await file('browser/dist/stub.js')],
    ['banner', await file('browser/dist/banner/banner.js')],
    ['banner, script tag', await file('browser/dist/tags/banner.js')],
    ...(await consentSources()),
    [
      'reports page',
      Buffer.concat(await Promise.all(['main.js', 'main.css', 'index.html'].map((name) => file(`reports/dist/${name}`)))),
    ],
  ]
  return parts.map(([name, bytes]) => ({
    name,
    minified: bytes.length,
    gzip: gzipSync(bytes, { level: 9 }).length,
    brotli: brotliCompressSync(bytes).length,
    ...(budgets[name] && { budget: budgets[name] }),
  }))
}

/** @throws Error naming everything that is above its budget */
export async function checkSizes(): Promise<string> {
  const sizes = await measureSizes()
  const lines = sizes.map(({ name, gzip, budget }) => `      ${name}: ${gzip} bytes gzip${budget ? ` of ${budget}` : ''}`)
  const isOver = sizes.some(({ gzip, budget }) => budget !== undefined && gzip > budget)
  if (isOver) throw new Error(`above budget:\n${lines.join('\n')}`)
  return lines.join('\n')
}
