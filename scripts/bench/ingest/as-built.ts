import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { build } from 'esbuild'
import { buildAll } from '../../build.ts'

const root = join(import.meta.dirname, '..', '..', '..')
const folder = join(root, 'node_modules', '.cache', 'footfall-bench')

/**
 * For a process that is to run the packages as they are published, in each of its threads: sources are stripped of their types by machinery
 * that takes 30 MB.
 */
export const asBuilt: Readonly<Record<string, string>> = {
  NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(`import { registerHooks } from 'node:module'
registerHooks({
  resolve(specifier, context, next) {
    const found = next(specifier, context)
    const url = found.url.replace(/(\\/packages\\/\\w+)\\/src\\/(.+)\\.ts$/, '$1/dist/$2.js')
    return url === found.url ? found : { ...found, url, format: 'module' }
  },
})`)}`,
}

/** Builds the packages, and of a file beside this one a program without types that leaves the packages to `asBuilt`. */
export async function buildProgram(name: string): Promise<string> {
  await buildAll()
  await mkdir(folder, { recursive: true })
  const outfile = join(folder, `${name}.js`)
  await build({
    entryPoints: [join(import.meta.dirname, `${name}.ts`)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    plugins: [
      {
        name: 'packages',
        setup: ({ onResolve }) =>
          onResolve({ filter: /packages\/\w+\/src\// }, ({ path, resolveDir }) => ({
            path: join(resolveDir, path),
            external: true,
          })),
      },
    ],
  })
  return outfile
}
