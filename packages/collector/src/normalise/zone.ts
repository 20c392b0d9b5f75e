import { Temporal } from 'temporal-polyfill'

/** Wall clock times of a zone. A `local` is what the wall clock shows, in ms, as if it hung in UTC. */
export interface Zone {
  /** What the wall clock is ahead of UTC at an instant, in ms. */
  readonly offsetAt: (instant: number) => number
  /** `gap`: the wall clock never showed it; `overlap`: it did twice. */
  readonly instantOf: (local: number) => number | 'gap' | 'overlap'
  /** When the day that begins with this local midnight began; `gap`: the zone left the whole day out. */
  readonly startOfDay: (midnight: number) => number | 'gap'
}

/** The zone with this IANA name (`Europe/Paris`), or `null` where there is none. */
export function zoneOf(name: string): Zone | null {
  const known = zones.get(name)
  if (known !== undefined) return known
  // Temporal takes whole date texts for zones as well, and reads the zone in them.
  const zone = isZoneName.test(name) && isKnown(name) ? createZone(name) : null
  if (zones.size >= maxZones) zones.clear()
  zones.set(name, zone)
  return zone
}

const isZoneName = /^[A-Za-z][A-Za-z0-9_+-]{0,31}(?:\/[A-Za-z0-9_+-]{1,31}){0,2}$/

// Finding out when a zone changes its clocks costs milliseconds, and the answer never changes.
const zones = new Map<string, Zone | null>()
// More than there are names: what is beyond it are names that do not exist.
const maxZones = 1024

const hourMs = 3_600_000
// No wall clock is further ahead of UTC or behind it, with an hour to spare.
const mostAhead = 15 * hourMs
const mostBehind = 13 * hourMs
const dayMs = 24 * hourMs

/** Between two changes of the clocks. */
interface Period {
  readonly from: number
  /** Not included. */
  readonly until: number
  readonly offset: number
}

function createZone(name: string): Zone {
  const periods: Period[] = []
  return { offsetAt: (instant) => periodAt(instant).offset, instantOf, startOfDay }

  function instantOf(local: number): number | 'gap' | 'overlap' {
    const [first, second] = instantsOf(local)
    if (first === undefined) return 'gap'
    return second === undefined ? first : 'overlap'
  }

  function startOfDay(midnight: number): number | 'gap' {
    const [first] = instantsOf(midnight)
    if (first !== undefined) return first
    // The clocks jumped over midnight: the day began when they did, unless they jumped over all of it.
    let period = periodAt(midnight - mostAhead)
    while (period.from + period.offset <= midnight) period = periodAt(period.until)
    return period.from + period.offset < midnight + dayMs ? period.from : 'gap'
  }

  /** In order of time. */
  function instantsOf(local: number): readonly number[] {
    const instants: number[] = []
    for (let period = periodAt(local - mostAhead); ; period = periodAt(period.until)) {
      const instant = local - period.offset
      if (period.from <= instant && instant < period.until) instants.push(instant)
      if (period.until > local + mostBehind) return instants
    }
  }

  function periodAt(instant: number): Period {
    const known = periods.find(({ from, until }) => from <= instant && instant < until)
    if (known !== undefined) return known
    const period = periodOf(name, instant)
    periods.push(period)
    return period
  }
}

function periodOf(name: string, instant: number): Period {
  const now = zoned(name, instant)
  return {
    // "Previous" is before, and a change may be at the instant itself.
    from: zoned(name, instant + 1).getTimeZoneTransition('previous')?.epochMilliseconds ?? Number.NEGATIVE_INFINITY,
    until: now.getTimeZoneTransition('next')?.epochMilliseconds ?? Number.POSITIVE_INFINITY,
    offset: now.offsetNanoseconds / 1e6,
  }
}

const zoned = (name: string, instant: number): Temporal.ZonedDateTime =>
  Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(name)

function isKnown(name: string): boolean {
  try {
    zoned(name, 0)
    return true
  } catch {
    return false
  }
}
