import type { DateOrder, DateRule } from './date-rules.ts'

/** A date as it is written, before it is known whether such a day, time and zone exist. */
export interface Written {
  /** The rule of this way to write. */
  readonly rule: DateRule
  /** The days that it can mean. */
  readonly days: readonly Day[]
  /** Why it can mean several; the source's configuration has to settle it. */
  readonly doubt: DateRule | null
  readonly clock: WrittenClock | null
  readonly zone: WrittenZone
  /** In English, as written: it must be the day's. */
  readonly weekday: string | null
}

/** Year, month and day of the month, both from 1. */
export type Day = readonly [year: number, month: number, day: number]

export interface WrittenClock {
  readonly hour: number
  readonly minute: number
  readonly second: number | null
  /** Digits behind the second's mark. */
  readonly fraction: string
  readonly half: 'am' | 'pm' | null
}

export type WrittenZone =
  | { readonly kind: 'none' }
  /** Minutes ahead of UTC; `null` where there is no such offset. `isLocal`: is it the place's own? UTC and -00:00 tell nothing about that. */
  | { readonly kind: 'offset'; readonly minutes: number | null; readonly isLocal: boolean; readonly place: string | null }
  | { readonly kind: 'place'; readonly place: string }
  /** `CET`, `IST`: each means several offsets in the world. */
  | { readonly kind: 'abbreviation' }

/** Reads a text by the first grammar that it fits, or tells why there is none. Expects trimmed ASCII spaces. */
export function readWritten(text: string, order: DateOrder | null): Written | DateRule {
  for (const { pattern, read } of grammars) {
    const groups = pattern.exec(text)?.groups
    if (groups !== undefined) return read(groups, order)
  }
  return whyUnreadable(text)
}

/** `YYYYMMDD`, `YYYYMMDDhhmmss` or the same with milliseconds. */
export const readCompact = (digits: string): Written | null => {
  const groups = compact.exec(digits)?.groups
  return groups === undefined ? null : written(groups, local(groups), yearFirst(groups))
}

type Groups = Readonly<Record<string, string | undefined>>

interface Grammar {
  readonly pattern: RegExp
  readonly read: (groups: Groups, order: DateOrder | null) => Written | DateRule
}

const minutes = String.raw`:(?<minute>\d{2})(?::(?<second>\d{2})(?:[.,](?<fraction>\d{1,48}))?)?`
const half = String.raw`(?: ?(?<half>[AaPp])\.?[Mm]\.?)?`
const zone = String.raw`(?: ?(?<zone>[Zz]|[+-]\d{2}(?::?\d{2})?|[A-Z]{2,5}|[Uu][Tt][Cc]|[Gg][Mm][Tt]))?`
const place = String.raw`(?:\[!?(?<place>[A-Za-z0-9_+:/-]{1,64})\])?`
const exactClock = String.raw`(?<hour>\d{2})${minutes}${half}`
const clock = String.raw`(?<hour>\d{1,2})${minutes}${half}`
const optionalClock = `(?:(?:,? | at |, at )${clock}${zone})?`
const word = String.raw`\p{L}{3,9}`
const optionalWeekday = `(?:(?<weekday>${word}),? )?`
const yearOfAnyLength = String.raw`(?<year>\d{4}|\d{2})`
const comment = String.raw`(?: \([^()]{1,96}\))?`

const compact =
  /^(?<year>\d{4})(?<month>\d{2})(?<day>\d{2})(?:(?<hour>\d{2})(?<minute>\d{2})(?<second>\d{2})(?<fraction>\d{3})?)?$/

// The most frequent first.
const grammars: readonly Grammar[] = [
  {
    pattern: fit(
      String.raw`(?<year>\d{4})(?<mark>[-/.])(?<month>\d{2})\k<mark>(?<day>\d{2})(?:[Tt ]${exactClock}${zone}${place})?`,
    ),
    read: readIso,
  },
  {
    pattern: fit(
      String.raw`(?<year>\d{4})(?<month>\d{2})(?<day>\d{2})[Tt](?<hour>\d{2})(?<minute>\d{2})(?<second>\d{2})(?:[.,](?<fraction>\d{1,48}))?${zone}${place}`,
    ),
    read: readIso,
  },
  {
    pattern: fit(String.raw`(?<left>\d{1,2})(?<mark>[-/.])(?<middle>\d{1,2})\k<mark>${yearOfAnyLength}${optionalClock}`),
    read: readNumeric,
  },
  {
    // Only here do EST and its sisters have one meaning, which the standard gives them.
    pattern: fit(
      String.raw`(?:(?<weekday>\p{L}{3}), )?(?<day>\d{1,2}) (?<name>\p{L}{3}) ${yearOfAnyLength} (?<hour>\d{2})${minutes} (?<zone>[Zz]|[+-]\d{2}:?\d{2}|[A-Za-z]{2,5})${comment}`,
    ),
    read: (groups, order) => readNamed('DT-RFC2822', groups, order, mailZones),
  },
  {
    pattern: fit(
      String.raw`(?<weekday>\p{L}{3}) (?<name>\p{L}{3}) (?<day>\d{2}) (?<year>\d{4}) ${exactClock} GMT(?<zone>[+-]\d{4})${comment}`,
    ),
    read: (groups, order) => readNamed('DT-JS-TOSTRING', groups, order),
  },
  {
    pattern: fit(String.raw`(?<weekday>\p{L}{3}) (?<name>\p{L}{3}) {1,2}(?<day>\d{1,2}) ${exactClock}${zone} (?<year>\d{4})`),
    read: (groups, order) => readNamed(groups.zone === undefined ? 'DT-LOCAL-ZONE' : 'DT-UNIX-DATE', groups, order),
  },
  {
    pattern: fit(
      String.raw`${optionalWeekday}(?<day>\d{1,2})(?<mark>[ -])(?<name>${word})\k<mark>${yearOfAnyLength}${optionalClock}`,
    ),
    read: (groups, order) => readNamed('DT-TEXT-MONTH', groups, order),
  },
  {
    pattern: fit(String.raw`${optionalWeekday}(?<name>${word}) (?<day>\d{1,2}),? ${yearOfAnyLength}${optionalClock}`),
    read: (groups, order) => readNamed('DT-TEXT-MONTH', groups, order),
  },
]

function fit(source: string): RegExp {
  return new RegExp(`^${source}$`, 'u')
}

function readIso(groups: Groups): Written {
  const rule = groups.place !== undefined ? 'DT-ISO-IXDTF' : groups.zone !== undefined ? 'DT-ISO-ZONED' : local(groups)
  return written(groups, rule, yearFirst(groups))
}

const local = ({ hour }: Groups): DateRule => (hour === undefined ? 'DT-DATE-ZONE' : 'DT-LOCAL-ZONE')

const yearFirst = ({ year, month, day }: Groups): Day => [Number(year), Number(month), Number(day)]

/** `03/04/2026`, `14.03.2026`, `26-03-14`. */
function readNumeric(groups: Groups, order: DateOrder | null): Written | DateRule {
  const [a, b] = [Number(groups.left), Number(groups.middle)]
  const hasDots = groups.mark === '.'
  const year = groups.year ?? ''
  if (year.length === 2) return readShortYear(groups, [a, b, Number(year)], hasDots, order)
  const y = Number(year)
  if (hasDots) return written(groups, 'DT-NUM-DOT', [y, b, a])
  if (order !== null) {
    const day = inOrder(order, a, b, y)
    if (day === null) return 'DT-NUM-CONFLICT'
    return written(groups, a === b ? 'DT-NUM-SAME' : a > 12 || b > 12 ? 'DT-NUM-OVER12' : 'DT-NUM-ORDER', day)
  }
  if (a === b) return written(groups, 'DT-NUM-SAME', [y, a, b])
  if (a > 12) return written(groups, 'DT-NUM-OVER12', [y, b, a])
  if (b > 12) return written(groups, 'DT-NUM-OVER12', [y, a, b])
  return inDoubt(groups, 'DT-NUM-ORDER', [
    [y, b, a],
    [y, a, b],
  ])
}

/** Year last. `null`: the other order, or the year first, is the only one that it can be. */
function inOrder(order: DateOrder, a: number, b: number, year: number): Day | null {
  if (order === 'YMD') return null
  const [month, day] = order === 'DMY' ? [b, a] : [a, b]
  return month > 12 && day <= 12 ? null : [year, month, day]
}

type Three = readonly [number, number, number]

function readShortYear(groups: Groups, [a, b, c]: Three, hasDots: boolean, order: DateOrder | null): Written | DateRule {
  if (order === null) {
    // Nobody puts the month first and writes dots.
    const days = centuries.flatMap((century): Day[] => [
      [century + c, b, a],
      [century + a, b, c],
      ...(hasDots ? [] : [[century + c, a, b] as const]),
    ])
    return inDoubt(groups, 'DT-YEAR2', days)
  }
  if (order === 'YMD') return written(groups, 'DT-YEAR2', [withCentury(a), b, c])
  const day = inOrder(hasDots ? 'DMY' : order, a, b, withCentury(c))
  return day === null ? 'DT-NUM-CONFLICT' : written(groups, 'DT-YEAR2', day)
}

const centuries = [1900, 2000]

/** As POSIX has it: 69 to 99 are the last century's. */
const withCentury = (year: number): number => year + (year >= 69 ? 1900 : 2000)

/** Dates whose month is a word. */
function readNamed(rule: DateRule, groups: Groups, order: DateOrder | null, zones = utcNames): Written | DateRule {
  const month = months.get((groups.name ?? '').toLowerCase())
  if (month === undefined) return 'DT-TEXT-MONTH'
  const [day, year = ''] = [Number(groups.day), groups.year]
  if (year.length === 4) return written(groups, rule, [Number(year), month, day], zones)
  const y = Number(year)
  if (order === null) {
    const days = centuries.flatMap((century): Day[] => [
      [century + y, month, day],
      [century + day, month, y],
    ])
    return inDoubt(groups, 'DT-YEAR2', days, zones)
  }
  // Only `26-Mar-14` can begin with its year.
  const isYearFirst = order === 'YMD' && groups.mark === '-'
  return written(groups, 'DT-YEAR2', isYearFirst ? [withCentury(day), month, y] : [withCentury(y), month, day], zones)
}

const written = (groups: Groups, rule: DateRule, day: Day, zones = utcNames): Written => ({
  rule,
  days: [day],
  doubt: null,
  clock: clockIn(groups),
  zone: zoneIn(groups, zones),
  weekday: groups.weekday ?? null,
})

const inDoubt = (groups: Groups, doubt: DateRule, days: readonly Day[], zones = utcNames): Written => ({
  rule: doubt,
  days,
  doubt,
  clock: clockIn(groups),
  zone: zoneIn(groups, zones),
  weekday: groups.weekday ?? null,
})

function clockIn({ hour, minute, second, fraction = '', half }: Groups): WrittenClock | null {
  if (hour === undefined) return null
  const named = half === undefined ? null : half === 'A' || half === 'a' ? 'am' : 'pm'
  return {
    hour: Number(hour),
    minute: Number(minute),
    second: second === undefined ? null : Number(second),
    fraction,
    half: named,
  }
}

function zoneIn({ zone, place }: Groups, zones: ReadonlyMap<string, number>): WrittenZone {
  if (zone === undefined) {
    if (place === undefined) return { kind: 'none' }
    return isAbbreviation(place) ? { kind: 'abbreviation' } : { kind: 'place', place }
  }
  if (zone === 'Z' && place === undefined) return utc
  const named = zones.get(zone.toUpperCase())
  const isOffset = zone.startsWith('+') || zone.startsWith('-')
  if ((named === undefined && !isOffset) || isAbbreviation(place)) return { kind: 'abbreviation' }
  return {
    kind: 'offset',
    minutes: named ?? offsetMinutes(zone),
    isLocal: isOffset && !unknownOffset.test(zone),
    place: place ?? null,
  }
}

const utc: WrittenZone = { kind: 'offset', minutes: 0, isLocal: false, place: null }

const isAbbreviation = (place: string | undefined): boolean =>
  place !== undefined && /^[A-Za-z]{1,5}$/.test(place) && !utcNames.has(place.toUpperCase())

/** @see https://www.rfc-editor.org/rfc/rfc9557#section-2.2 */
const unknownOffset = /^-00(?::?00)?$/

/** Minutes ahead of UTC of `+01:00`, `+0100` or `+01`; `null` where no place on earth has it. */
export function offsetMinutes(offset: string): number | null {
  const hours = Number(offset.slice(1, 3))
  const minutes = Number(offset.slice(3).replace(':', ''))
  const [total, most] = [hours * 60 + minutes, offset.startsWith('-') ? 12 * 60 : 14 * 60]
  if (minutes > 59 || total > most) return null
  return offset.startsWith('-') ? -total : total
}

const utcNames: ReadonlyMap<string, number> = new Map([
  ['Z', 0],
  ['UTC', 0],
  ['GMT', 0],
])

/** @see https://www.rfc-editor.org/rfc/rfc2822#section-4.3 */
const mailZones: ReadonlyMap<string, number> = new Map([
  ...utcNames,
  ['UT', 0],
  ...(['E', 'C', 'M', 'P'] as const).flatMap((letter, index): [string, number][] => [
    [`${letter}ST`, -(5 + index) * 60],
    [`${letter}DT`, -(4 + index) * 60],
  ]),
])

const monthNames = [
  'january',
  'february',
  'march',
  'april',
  'may',
  'june',
  'july',
  'august',
  'september',
  'october',
  'november',
  'december',
]
const months: ReadonlyMap<string, number> = new Map(
  monthNames.flatMap((name, index) => [
    [name, index + 1],
    [name.slice(0, 3), index + 1],
  ]),
)

const month = [...months.keys()].join('|')

const unreadable: readonly (readonly [DateRule, RegExp])[] = [
  ['DT-RELATIVE', /^(?:now|today|tomorrow|yesterday|tonight|noon|midnight|last|next|this|in \d)\b|\bago$|^[+-]\d{1,9} ?\p{L}/iu],
  // A year and a month, a time of the day, a month and a day.
  ['DT-PARTIAL', /^(?:\d{4}[-/.]\d{1,2}|\d{1,2}[-/.]\d{4}|(?:--)?\d{1,2}[-/.]\d{1,2})$/],
  ['DT-PARTIAL', /^[Tt]?\d{1,2}(?::\d{2}){1,2}(?:[.,]\d{1,48})?(?: ?[AaPp]\.?[Mm]\.?)?(?: ?(?:[Zz]|[+-]\d{2}:?\d{2}))?$/],
  ['DT-PARTIAL', new RegExp(`^(?:(?:${month})[ -](?:\\d{4}|\\d{1,2})|\\d{1,2}[ -](?:${month}))$`, 'i')],
  ['DT-TEXT-MONTH', /^(?:\p{L}{2,12}\.?,? )?\d{1,2}\.?(?:[ -]| de )\p{L}{3,12}\.?(?:[ -]| de )\d{4}(?!\d)/u],
]

const whyUnreadable = (text: string): DateRule => unreadable.find(([, pattern]) => pattern.test(text))?.[0] ?? 'DT-UNSUPPORTED'
