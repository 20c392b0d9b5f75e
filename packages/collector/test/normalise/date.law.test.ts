import fc from 'fast-check'
import { Temporal } from 'temporal-polyfill'
import { expect, test } from 'vitest'
import { parseDate } from '../../src/normalise/date.ts'

const from = Date.UTC(1990, 0, 5)
const until = Date.UTC(2099, 11, 25)
const second = 1000
const minute = 60 * second
const day = 24 * 60 * minute

const instants = fc.integer({ min: from, max: until })
const zones = [
  'Europe/Paris',
  'America/New_York',
  'Australia/Lord_Howe',
  'Asia/Kolkata',
  'America/St_Johns',
  'Africa/Casablanca',
  'Pacific/Apia',
]
const aZone = fc.constantFrom(...zones)

const two = (value: number) => String(value).padStart(2, '0')
const months = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November']
const monthName = (month: number) => [...months, 'December'][month] ?? ''

interface Format {
  readonly name: string
  /** What the format leaves out of an instant. */
  readonly unit: number
  readonly write: (instant: number) => string | number
}

/** Offsets are written for the wall clock that stands so many minutes ahead. */
const withOffset = (instant: number, minutes: number, separator: string): string => {
  const sign = minutes < 0 ? '-' : '+'
  const [hours, rest] = [Math.trunc(Math.abs(minutes) / 60), Math.abs(minutes) % 60]
  return `${new Date(instant + minutes * minute).toISOString().slice(0, -1)}${sign}${two(hours)}${separator}${two(rest)}`
}

const parts = (instant: number) => {
  const at = new Date(instant)
  return {
    year: at.getUTCFullYear(),
    month: at.getUTCMonth(),
    day: at.getUTCDate(),
    time: at.toISOString().slice(11, 19),
    weekday: at.toUTCString().slice(0, 3),
  }
}

const formats: readonly Format[] = [
  { name: 'ISO 8601', unit: 1, write: (at) => new Date(at).toISOString() },
  { name: 'ISO 8601 to the second', unit: second, write: (at) => `${new Date(at).toISOString().slice(0, 19)}Z` },
  {
    name: 'ISO 8601 to the minute',
    unit: minute,
    write: (at) => `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`,
  },
  { name: 'ISO 8601 basic', unit: 1, write: (at) => new Date(at).toISOString().replaceAll(/[-:]/g, '') },
  { name: 'ISO 8601 east', unit: 1, write: (at) => withOffset(at, 345, ':') },
  { name: 'ISO 8601 west', unit: 1, write: (at) => withOffset(at, -570, '') },
  {
    name: 'ISO 8601 with digits beyond milliseconds',
    unit: 1,
    write: (at) => new Date(at).toISOString().replace('Z', '999999Z'),
  },
  { name: 'RFC 9557', unit: 1, write: (at) => zonedText(at, 'Europe/Paris') },
  { name: 'RFC 2822', unit: second, write: (at) => new Date(at).toUTCString() },
  {
    name: 'RFC 2822 without weekday',
    unit: second,
    write: (at) => {
      const { year, month, day, time } = parts(at)
      return `${day} ${monthName(month).slice(0, 3)} ${year} ${time} +0000`
    },
  },
  {
    name: 'JavaScript',
    unit: second,
    write: (at) => {
      const { year, month, day, time, weekday } = parts(at - 90 * minute)
      return `${weekday} ${monthName(month).slice(0, 3)} ${two(day)} ${year} ${time} GMT-0130 (Somewhere’s Daylight Time)`
    },
  },
  {
    name: 'Unix',
    unit: second,
    write: (at) => {
      const { year, month, day, time, weekday } = parts(at)
      return `${weekday} ${monthName(month).slice(0, 3)} ${String(day).padStart(2)} ${time} UTC ${year}`
    },
  },
  {
    name: 'English, in words',
    unit: second,
    write: (at) => {
      const { year, month, day, time } = parts(at)
      return `${monthName(month)} ${day}, ${year} ${time} UTC`
    },
  },
  {
    name: 'German',
    unit: second,
    write: (at) => {
      const { year, month, day, time } = parts(at)
      return `${day}.${month + 1}.${year} ${time} UTC`
    },
  },
  { name: '.NET', unit: 1, write: (at) => `/Date(${at}+0930)/` },
  { name: 'seconds', unit: second, write: (at) => Math.floor(at / second) },
  { name: 'seconds with fraction', unit: 1, write: (at) => `${Math.floor(at / second)}.${String(at % second).padStart(3, '0')}` },
  { name: 'milliseconds', unit: 1, write: (at) => at },
  { name: 'microseconds', unit: 1, write: (at) => `${at}999` },
  { name: 'nanoseconds', unit: 1, write: (at) => `${at}999999` },
]

// Before September 2001 a count since 1970 has a digit less: only a declared unit tells what it counts.
const countable = fc.integer({ min: 1_000_000_000_000, max: until })
const counts = new Set(['seconds', 'seconds with fraction', 'milliseconds', 'microseconds', 'nanoseconds'])

test.each(formats)('what is written in $name is read as the same instant', ({ name, unit, write }) => {
  fc.assert(
    fc.property(counts.has(name) ? countable : instants, (at) => {
      expect(parseDate(write(at))).toMatchObject({ status: 'ok', iso: new Date(at - (at % unit)).toISOString() })
    }),
  )
})

test.each(['s', 'ms', 'us', 'ns'] as const)('a declared unit needs no digits to count: %s', (unit) => {
  const places = { s: -3, ms: 0, us: 3, ns: 6 }[unit]
  fc.assert(
    fc.property(instants, (at) => {
      const text = String(at)
      const count = places < 0 ? `${text.slice(0, places)}.${text.slice(places)}` : text + '0'.repeat(places)
      expect(parseDate(count, { unit })).toMatchObject({ status: 'ok', rule: 'DT-EPOCH-UNIT', iso: new Date(at).toISOString() })
    }),
  )
})

test('a serial of Excel is the day and the time that Excel shows', () => {
  fc.assert(
    fc.property(instants, (at) => {
      const sinceEpoch = BigInt(at - Date.UTC(1899, 11, 30))
      const [days, rest] = [sinceEpoch / BigInt(day), sinceEpoch % BigInt(day)]
      const fraction = String((rest * 10n ** 12n) / BigInt(day)).padStart(12, '0')
      expect(parseDate(`${days}.${fraction}`, { tz: 'UTC', unit: 'excel' })).toMatchObject({ iso: new Date(at).toISOString() })
    }),
  )
})

test.each([
  ['DMY', (y: number, m: number, d: number) => `${d}/${m}/${y}`],
  ['MDY', (y: number, m: number, d: number) => `${m}/${d}/${y}`],
] as const)('in a declared order every day is read as it was written: %s', (dateOrder, write) => {
  fc.assert(
    fc.property(instants, (at) => {
      const { year, month, day: date } = parts(at)
      const read = parseDate(write(year, month + 1, date), { tz: 'UTC', dateOrder })
      expect(read).toMatchObject({ status: 'ok', iso: new Date(at - (at % day)).toISOString(), precision: 'day' })
    }),
  )
})

test('without an order a date is never read as another day than the declared order would', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 31 }), fc.integer({ min: 1, max: 31 }), (a, b) => {
      const text = `${a}/${b}/2026`
      const read = parseDate(text, { tz: 'UTC' })
      const declared = (['DMY', 'MDY'] as const).map((dateOrder) => parseDate(text, { tz: 'UTC', dateOrder }))
      const readings = new Set(declared.flatMap((each) => (each.status === 'ok' ? [each.iso] : [])))
      expect(read.status).toBe(readings.size === 0 ? 'invalid' : readings.size === 1 ? 'ok' : 'ambiguous')
      if (read.status === 'ok') expect(readings).toEqual(new Set([read.iso]))
    }),
  )
})

const zoned = (at: number, zone: string) => Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone)

function zonedText(at: number, zone: string): string {
  return zoned(at, zone).toString()
}

/** Also close to where the clocks change, which chance alone would hardly ever meet. */
const wallClocks = fc.oneof(
  fc.tuple(instants, aZone),
  fc.tuple(instants, aZone, fc.integer({ min: -180 * minute, max: 180 * minute })).map(([at, zone, distance]) => {
    const change = zoned(at, zone).getTimeZoneTransition('next')
    return [Math.min(change?.epochMilliseconds ?? at, until) + distance, zone] as const
  }),
)

test.each(['', '[zone]'])('a local time is read where its zone shows it once, and nowhere else %s', (suffix) => {
  fc.assert(
    fc.property(wallClocks, fc.integer({ min: -60, max: 60 }), ([at, zone], shift) => {
      const local = zoned(at, zone).toPlainDateTime().add({ minutes: shift }).round('second')
      const text = local.toString({ smallestUnit: 'second' })
      const read = suffix === '' ? parseDate(text, { tz: zone }) : parseDate(`${text}[${zone}]`)
      const [earlier, later] = (['earlier', 'later'] as const).map((disambiguation) =>
        local.toZonedDateTime(zone, { disambiguation }),
      )
      if (earlier === undefined || later === undefined) throw new Error('both were asked for')
      if (earlier.epochMilliseconds === later.epochMilliseconds) {
        expect(read).toMatchObject({ status: 'ok', iso: new Date(earlier.epochMilliseconds).toISOString() })
      } else if (earlier.toPlainDateTime().equals(local)) {
        expect(read).toEqual({ status: 'ambiguous', rule: 'DT-DST-OVERLAP' })
      } else {
        expect(read).toEqual({ status: 'invalid', rule: 'DT-DST-GAP' })
      }
    }),
    { numRuns: 300 },
  )
})

test('a day begins when its zone says so', () => {
  fc.assert(
    fc.property(wallClocks, ([at, zone]) => {
      const begins = zoned(at, zone).startOfDay()
      const read = parseDate(begins.toPlainDate().toString(), { tz: zone })
      expect(read).toMatchObject({ status: 'ok', iso: new Date(begins.epochMilliseconds).toISOString() })
    }),
  )
})

test('an instant is read whatever zone its source is in', () => {
  fc.assert(
    fc.property(wallClocks, aZone, ([at, zone], tz) => {
      const iso = new Date(at - (at % second)).toISOString()
      const text = zoned(at, zone).toString({ timeZoneName: 'never', smallestUnit: 'second' })
      expect(parseDate(text, { tz })).toMatchObject({ status: 'ok', iso })
    }),
  )
})

const alphabet = [
  ...'0123456789-/.:,+ TZz[]()"eE',
  'Mar',
  'March',
  'Sat',
  'CET',
  'AM',
  'GMT',
  '2026',
  '\u00a0',
  'é',
  '\u0000',
  '\ud800',
]
const dateLike = fc.array(fc.constantFrom(...alphabet), { maxLength: 40 }).map((pieces) => pieces.join(''))
const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  dateLike,
  fc.tuple(fc.constantFrom(...alphabet), fc.integer({ min: 1, max: 50_000 })).map(([piece, times]) => piece.repeat(times)),
  fc.anything(),
  fc.double(),
)
const contexts = fc.record({
  tz: fc.option(fc.oneof(aZone, fc.string(), fc.constant('__proto__')), { nil: undefined }),
  dateOrder: fc.constantFrom('DMY', 'MDY', 'YMD', null),
  unit: fc.constantFrom('s', 'ms', 'us', 'ns', 'excel', 'excel1904', null),
})

test('whatever comes, there is an outcome, and what is read is an instant of the time of events', () => {
  fc.assert(
    fc.property(hostile, contexts, (given, context) => {
      const read = parseDate(given, context)
      expect(read.rule).toMatch(/^DT-[A-Z0-9-]+$/)
      if (read.status !== 'ok') {
        expect(['ambiguous', 'invalid']).toContain(read.status)
        return
      }
      expect(read.iso).toMatch(/^(?:199\d|20\d\d)-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
      expect(parseDate(read.iso)).toMatchObject({ status: 'ok', iso: read.iso })
    }),
    { numRuns: 2000 },
  )
})

test('one changed character never makes a date that rolls over', () => {
  const texts = formats.map(({ write }) => String(write(Date.UTC(2026, 2, 31, 10, 15, 30, 123))))
  fc.assert(
    fc.property(fc.constantFrom(...texts), fc.nat({ max: 60 }), fc.constantFrom(...'0123456789'), (text, index, digit) => {
      const changed = text.slice(0, index) + digit + text.slice(index + 1)
      const read = parseDate(changed)
      const [, year, month, date] = /^(\d{4})-(\d\d)-(\d\d)T\d\d:\d\d:\d\d\.\d+Z$/.exec(changed) ?? []
      if (read.status === 'ok' && year !== undefined) expect(read.iso.slice(0, 8)).toBe(`${year}-${month}-`)
      if (date !== undefined && Number(date) > 31) expect(read.status).toBe('invalid')
    }),
    { numRuns: 1000 },
  )
})
