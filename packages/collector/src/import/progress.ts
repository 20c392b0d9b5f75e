/** A line for people who wait: `[████████------------] 41 % 41,000 rows, 9,100 a second`. */
export function progressLine(done: number, all: number, elapsedMs: number): string {
  const share = all === 0 ? 1 : Math.min(1, done / all)
  const full = Math.floor(share * barLength)
  const bar = '#'.repeat(full) + '-'.repeat(barLength - full)
  const rate = elapsedMs < 500 ? '' : `, ${withCommas(Math.round((done * 1000) / elapsedMs))} a second`
  return `[${bar}] ${Math.floor(share * 100)} % ${withCommas(done)} rows${rate}`
}

const barLength = 20

/** 1234567 -> `1,234,567` */
export const withCommas = (count: number): string => String(count).replace(/\B(?=(?:\d{3})+$)/g, ',')
