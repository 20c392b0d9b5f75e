import { gzipSync } from 'node:zlib'
import { buildPages } from '../build.ts'
import { measureSizes } from '../sizes.ts'
import { bundle, footfall, label, peers, type Subject } from './subjects.ts'
import type { Bench } from './table.ts'

/** What ships, each beside its budget. */
async function whatShips(): Promise<Bench> {
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

async function weigh(subject: Subject): Promise<Bench['rows'][number]> {
  try {
    const chunks = await bundle(subject, 'esm')
    const first = chunks.filter(({ isFirstLoad }) => isFirstLoad)
    const bytes = (some: typeof chunks) => some.reduce((sum, { contents }) => sum + contents.length, 0)
    const gzip = (some: typeof chunks) => some.reduce((sum, { contents }) => sum + gzipSync(contents, { level: 9 }).length, 0)
    return {
      tracker: label(subject),
      'minified, bytes': bytes(first),
      'gzip -9': gzip(first),
      'gzip -9, with what it may load later': gzip(chunks),
    }
  } catch (error) {
    return {
      tracker: label(subject),
      'minified, bytes': `COULD NOT BE WEIGHED: ${error instanceof Error ? error.message : error}`,
    }
  }
}

/** The same little shop with each tracker. */
async function besidePeers(): Promise<Bench> {
  const rows: Bench['rows'][number][] = []
  for (const subject of [footfall, ...peers]) rows.push(await weigh(subject))
  const ours = Number(rows[0]?.['gzip -9'])
  return {
    title: 'Beside the peers',
    rows: rows.map((row) => ({
      ...row,
      'times ours': typeof row['gzip -9'] === 'number' ? Number((row['gzip -9'] / ours).toFixed(1)) : '-',
    })),
    notes: [
      'Import, init, page, track, identify and a consent switch (scripts/bench/subjects), bundled and minified by esbuild. Parts that a tracker fetches from its own server when it starts are not in it.',
    ],
  }
}

export default async function size(): Promise<readonly Bench[]> {
  await buildPages()
  return [await whatShips(), await besidePeers()]
}
