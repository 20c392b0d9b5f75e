/** What a process needed while it was measured. */
export interface Usage {
  /** Of all its threads, microseconds. */
  readonly cpuUs: number
  /** The most memory it held. */
  readonly maxRssBytes: number
}

/** From when until when, ms since 1970 UTC. */
export interface Span {
  readonly from: number
  readonly to: number
}

/** Looks at this process twenty times a second; answers what it needed in a span, to the nearest look. */
export function watchUsage(): (span: Span) => Usage {
  const looks: { readonly at: number; readonly cpuUs: number; readonly rssBytes: number }[] = []
  const look = (): void => {
    const { user, system } = process.cpuUsage()
    looks.push({ at: Date.now(), cpuUs: user + system, rssBytes: process.memoryUsage.rss() })
  }
  look()
  setInterval(look, 50).unref()
  return ({ from, to }) => {
    look()
    const within = looks.filter(({ at }) => at >= from - 50 && at <= to + 50)
    const cpuUs = (within.at(-1)?.cpuUs ?? Number.NaN) - (within[0]?.cpuUs ?? Number.NaN)
    return { cpuUs, maxRssBytes: Math.max(...within.map(({ rssBytes }) => rssBytes)) }
  }
}
