import { createHash } from 'node:crypto'
import { cp, mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { type BuildOptions, build, type Plugin, transform } from 'esbuild'
import { minify } from 'terser'
import { run } from './run.ts'
import { checkSizes } from './sizes.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const inPackage = (name: string, ...path: string[]) => join(root, 'packages', name, ...path)

/** What every bundle for a browser has in common. es2022 is what the browsers of the last four years run without translation. */
const forBrowsers: BuildOptions = { bundle: true, minify: true, target: 'es2022', legalComments: 'none', logLevel: 'warning' }

/**
 * Names of the tracker's own parts, which nothing outside its bundle knows: neither the page, nor the wire, nor a browser's API, nor what
 * waits on a device between two versions. Only these are shortened.
 */
const internalNames =
  'stamp rotate load save unsafe own retain settled isDurable isSafe deliverLast deliver plan current begin peek remove change'

/** Names of what waits on a device from one version to the next: shortened too, and never to anything else. */
const storedNames = { who: 'h', seen: 'n', event: 'e', context: 'c', owner: 'w', origin: 'o', born: 'b', purpose: 'p' }

/** What shortens the tracker's own names; what else is in the package shares words with the DOM and keeps them. */
const shortNames: BuildOptions = {
  mangleProps: new RegExp(`^(${[...internalNames.split(' '), ...Object.keys(storedNames)].join('|')})$`),
  mangleCache: storedNames,
}

/** A style that stands in a module as text is minified like any other. */
const minifiedStyle: Plugin = {
  name: 'minified style',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]banner[\\/]style\.ts$/ }, async ({ path }) => {
      const { style } = (await import(pathToFileURL(path).href)) as { style: string }
      const { code } = await transform(style, { loader: 'css', minify: true })
      return { contents: `export const style = ${JSON.stringify(code.trim().replaceAll(', ', ','))}` }
    })
  },
}

/** Bundles a face of the tracker, without types and as small as it gets. */
async function bundleTracker(face: string, format: 'esm' | 'iife', more: BuildOptions = shortNames): Promise<string> {
  const { outputFiles } = await build({
    ...forBrowsers,
    minify: false,
    minifySyntax: true,
    format,
    entryPoints: [inPackage('browser', 'src', face)],
    ...more,
    write: false,
  })
  let code = outputFiles[0]?.text ?? ''
  // Twice: what the first run has put together, the second can shorten.
  for (let run = 0; run < 2; run++) {
    const minified = await minify(code, {
      ecma: 2020,
      module: format === 'esm',
      toplevel: true,
      // Measured: functions called once compress better where they stand than inlined with their arguments.
      compress: {
        passes: 6,
        inline: 1,
        keep_fargs: false,
        hoist_funs: true,
        booleans_as_integers: true,
        pure_getters: true,
        unsafe: true,
        unsafe_arrows: true,
      },
    })
    code = minified.code ?? ''
  }
  if (code === '') throw new Error(`nothing was built of ${face}`)
  return code
}

/** The SDK: the module for bundlers, the file for a script tag with its integrity hash, and the stub for early calls. */
export async function buildBrowser(): Promise<void> {
  const dist = (name: string) => inPackage('browser', 'dist', name)
  const [module, script] = await Promise.all([bundleTracker('index.ts', 'esm'), bundleTracker('script.ts', 'iife')])
  const banner = { plugins: [minifiedStyle] }
  await mkdir(dist('banner'), { recursive: true })
  await writeFile(dist('banner/banner.js'), await bundleTracker('banner/banner.ts', 'esm', banner))
  await mkdir(dist('tags'), { recursive: true })
  await writeFile(dist('tags/banner.js'), await bundleTracker('banner/script.ts', 'iife', banner))
  await writeFile(dist('index.js'), module)
  await writeFile(dist('footfall.js'), script)
  await writeFile(dist('footfall.js.sri'), `sha384-${createHash('sha384').update(script).digest('base64')}\n`)
  await cp(inPackage('browser', 'src', 'stub.js'), dist('stub.js'))
  // Part of both bundles, under a licence that wants to be passed on.
  await cp(inPackage('browser', 'node_modules', 'idb-keyval', 'LICENCE'), dist('idb-keyval.LICENCE.txt'))
}

/** Consent platforms that the tracker can follow, as a script tag of their own: the export and the module that has it. */
const consentTags = {
  tcf: ['tcf()', 'tcf'],
  gpp: ['gpp()', 'gpp'],
  google: ['googleConsent', 'google'],
  onetrust: ['oneTrust', 'onetrust'],
  cookiebot: ['cookiebot', 'cookiebot'],
  usercentrics: ['usercentrics', 'usercentrics'],
  usercentrics3: ['usercentrics3()', 'usercentrics'],
  didomi: ['didomi', 'didomi'],
  klaro: ['klaro', 'klaro'],
  cookieyes: ['cookieYes', 'cookieyes'],
  shopify: ['shopify', 'shopify'],
} as const

/**
 * What follows consent platforms: the modules for bundlers, and a script each. Nothing in them is shortened but local names, and `true`
 * stays `true`: they compare what strangers say.
 */
async function buildConsentSources(): Promise<void> {
  const source = (name: string) => inPackage('browser', 'src', name)
  await build({
    ...forBrowsers,
    format: 'esm',
    entryPoints: ['tcf', 'gpp', 'google', 'cmp'].map((face) => source(`consent-${face}.ts`)),
    outdir: inPackage('browser', 'dist'),
  })
  await Promise.all(
    Object.entries(consentTags).map(([name, [platform, module]]) =>
      build({
        ...forBrowsers,
        format: 'iife',
        stdin: {
          contents: `import { byTag } from './by-tag.ts'; import { ${platform.replace('()', '')} } from './${module}.ts'; byTag(${platform})`,
          resolveDir: source('consent-source'),
          loader: 'ts',
        },
        outfile: inPackage('browser', 'dist', 'tags', `consent-${name}.js`),
      }),
    ),
  )
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
  await Promise.all([buildBrowser(), buildConsentSources(), buildReports(), buildShop()])
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

// What is too large for its budget is not built, whoever asks.
if (import.meta.main) {
  await buildAll()
  console.log(await checkSizes())
}
