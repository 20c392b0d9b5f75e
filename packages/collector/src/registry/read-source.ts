import { limits } from '@footfall/events'
import { type Refusal, refuse } from '../errors.ts'
import { readCurrency } from '../normalise/currencies.ts'
import { localeHint } from '../normalise/locale-hint.ts'
import { zoneOf } from '../normalise/zone.ts'
import { channels, type Source, transports } from './source.ts'

/** A source as it stands on the wire; `null` where nothing is said. */
export interface WireSource {
  readonly id: string
  readonly channel: string | null
  readonly transport: string | null
  readonly time_zone: string | null
  readonly date_order: string | null
  readonly time_unit: string | null
  readonly money_unit: string | null
  readonly locale: string | null
  readonly currency: string | null
  readonly tax_inclusive: boolean | null
  readonly sampling: number | null
  readonly expected_per_day: number | null
}

type SettingName = Exclude<keyof WireSource, 'id'>

interface Setting {
  /** Its name in `Source`. */
  readonly name: Exclude<keyof Source, 'id'>
  readonly isGood: (value: unknown) => boolean
  /** What it takes, for people. */
  readonly expected: string
}

const isText = (check: (text: string) => boolean) => (value: unknown) => typeof value === 'string' && check(value)

function oneOf(name: Setting['name'], words: readonly string[]): Setting {
  return { name, isGood: isText((text) => words.includes(text)), expected: `one of ${words.join(', ')}` }
}

const maxExpectedPerDay = 1e12

/** The one table of settings: the name on the wire, and how a value is checked. By what reads the events, so that what is taken works. */
export const sourceSettings: ReadonlyMap<SettingName, Setting> = new Map<SettingName, Setting>([
  ['channel', oneOf('channel', channels)],
  ['transport', oneOf('transport', transports)],
  [
    'time_zone',
    {
      name: 'timeZone',
      isGood: isText((text) => zoneOf(text) !== null),
      expected: 'the IANA name of a time zone, such as Europe/Paris',
    },
  ],
  ['date_order', oneOf('dateOrder', ['DMY', 'MDY', 'YMD'])],
  ['time_unit', oneOf('timeUnit', ['s', 'ms', 'us', 'ns', 'excel', 'excel1904'])],
  ['money_unit', oneOf('moneyUnit', ['major', 'minor'])],
  [
    'locale',
    {
      name: 'locale',
      isGood: isText((text) => localeHint(text) !== null),
      expected: 'a language tag with a region, such as fr-FR; a language alone settles nothing',
    },
  ],
  [
    'currency',
    {
      name: 'currency',
      isGood: isText((text) => readCurrency(text) === text),
      expected: 'an active ISO 4217 code in upper case, such as EUR',
    },
  ],
  ['tax_inclusive', { name: 'taxInclusive', isGood: (value) => typeof value === 'boolean', expected: 'true or false' }],
  [
    'sampling',
    {
      name: 'sampling',
      isGood: (value) => typeof value === 'number' && value > 0 && value <= 1,
      expected: 'a number above 0 and up to 1',
    },
  ],
  [
    'expected_per_day',
    {
      name: 'expectedPerDay',
      isGood: (value) => typeof value === 'number' && value > 0 && value <= maxExpectedPerDay,
      expected: 'a number of events above 0; without it the last weeks are the measure',
    },
  ],
])

/**
 * Reads what was said about a source.
 *
 * @param given JSON; `null` says nothing
 */
export function readSource(id: string, given: unknown): Source | Refusal {
  const wrongId = checkSourceId(id)
  if (wrongId !== null) return wrongId
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    return badSource('Send the settings as a JSON object, such as {"channel":"pos","time_zone":"Europe/Paris"}.')
  const source: Record<string, unknown> = { id }
  for (const [key, value] of Object.entries(given)) {
    const setting = sourceSettings.get(key as SettingName) // any other text is none of them
    if (setting === undefined) return badSource(`There is no such setting; there are ${[...sourceSettings.keys()].join(', ')}.`)
    if (value === null) continue
    if (!setting.isGood(value)) return badSource(`${key} takes ${setting.expected}.`)
    source[setting.name] = value
  }
  if (source.channel === undefined) return badSource(`channel is missing; it is one of ${channels.join(', ')}.`)
  return source as unknown as Source // each setting was checked, and the only one that must be there is
}

export const wireSource = (source: Source): WireSource => ({
  id: source.id,
  channel: source.channel,
  transport: source.transport ?? null,
  time_zone: source.timeZone ?? null,
  date_order: source.dateOrder ?? null,
  time_unit: source.timeUnit ?? null,
  money_unit: source.moneyUnit ?? null,
  locale: source.locale ?? null,
  currency: source.currency ?? null,
  tax_inclusive: source.taxInclusive ?? null,
  sampling: source.sampling ?? null,
  expected_per_day: source.expectedPerDay ?? null,
})

/** Of a source that events name and nobody registered. */
export const unregisteredSource = (id: string): WireSource => ({
  id,
  channel: null,
  transport: null,
  time_zone: null,
  date_order: null,
  time_unit: null,
  money_unit: null,
  locale: null,
  currency: null,
  tax_inclusive: null,
  sampling: null,
  expected_per_day: null,
})

/** Half a surrogate pair stands in no event's `source`, and `.` and `..` in no address. */
export const checkSourceId = (id: string): Refusal | null =>
  id !== '' && id.length <= limits.maxIdLength && id.isWellFormed() && !/^\.{1,2}$|\p{Cc}/u.test(id)
    ? null
    : badSource(`A source's id has 1 to ${limits.maxIdLength} characters, of which none is a control character.`)

const badSource = (detail: string): Refusal => refuse('bad_source', detail)
