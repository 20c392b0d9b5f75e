import { buildPages } from '../build.ts'
import { measureSizes } from '../sizes.ts'
import type { Bench } from './table.ts'

export default async function size(): Promise<Bench> {
  await buildPages()
  const rows = (await measureSizes()).map(({ name, minified, gzip, brotli, budget }) => ({
    what: name,
    'minified, bytes': minified,
    'gzip -9': gzip,
    brotli,
    'budget (gzip)': budget ?? '-',
    verdict: budget === undefined ? '-' : gzip > budget ? 'ABOVE' : 'ok',
  }))
  if (rows.some(({ verdict }) => verdict === 'ABOVE')) process.exitCode = 1
  return {
    title: 'What reaches a visitor',
    rows,
    notes: [
      'npm core: the published module, idb-keyval included. A bundler that renames everything once more may make it a little larger.',
    ],
  }
}
