/** Samples of a scrape: `name{labels}` -> value. */
export type Scrape = ReadonlyMap<string, number>

/** Reads what `/metrics` says, as Prometheus does. */
export async function scrape(url: string): Promise<Scrape> {
  const text = await (await fetch(`${url}/metrics`)).text()
  const samples = text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const at = line.lastIndexOf(' ')
      return [line.slice(0, at), Number(line.slice(at + 1))] as const
    })
  return new Map(samples)
}

/** The sum of a metric's samples whose labels contain all of these. */
export const sumOf = (samples: Scrape, metric: string, labels: Readonly<Record<string, string>> = {}): number =>
  [...samples]
    .filter(([name]) => name === metric || name.startsWith(`${metric}{`))
    .filter(([name]) => Object.entries(labels).every(([label, value]) => name.includes(`${label}="${value}"`)))
    .reduce((sum, [, value]) => sum + value, 0)
