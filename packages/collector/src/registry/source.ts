import type { DateContext, DateOrder, DateUnit } from '../normalise/date-rules.ts'
import type { MoneyManner } from '../normalise/derived-total.ts'

export const channels = ['web', 'app', 'email', 'social', 'ads', 'pos', 'call_center', 'import'] as const
export type Channel = (typeof channels)[number]

/** How its events come: from a page with the public key, by an image in a mail, from a server with the secret key, from a file. */
export const transports = ['browser', 'server', 'pixel', 'file'] as const
export type Transport = (typeof transports)[number]

/** A registered source: what its events leave open is settled by what stands here. */
export interface Source {
  /** As events name it in `source`. */
  readonly id: string
  /** Of its events that name none. */
  readonly channel: Channel
  readonly transport?: Transport
  /** IANA name of the zone of times and dates that name none. */
  readonly timeZone?: string
  /** Of dates in figures, such as `03/04/2026`. Applied strictly. */
  readonly dateOrder?: DateOrder
  /** What a bare number counts where a time belongs. Applied strictly. */
  readonly timeUnit?: DateUnit
  /** Does `1999` mean 19.99? @defaultValue `major`: it does not */
  readonly moneyUnit?: 'major' | 'minor'
  /** BCP 47 tag with a region: settles `1.299` and `$`. */
  readonly locale?: string
  /** ISO 4217 code of amounts that name none. @defaultValue the project's base currency */
  readonly currency?: string
  /** Do its prices hold the tax already? Only asked where an order's total has to be summed up. */
  readonly taxInclusive?: boolean
  /** Share of what happens that it sends, above 0 and up to 1. Reports are not scaled up by it. @defaultValue 1 */
  readonly sampling?: number
  /** Events that are to arrive on a day. @defaultValue what arrived in its last weeks */
  readonly expectedPerDay?: number
}

/** What a source may say besides its id and channel. */
export type SourceSettings = Omit<Source, 'id'>

/** Does it hold the secret key? What only servers send, no page may claim to be. */
export const isForServers = ({ channel, transport }: Source): boolean =>
  transport === undefined ? serverChannels.has(channel) : transport === 'server' || transport === 'file'

const serverChannels: ReadonlySet<Channel> = new Set(['pos', 'call_center', 'import'])

const nothingSettled: DateContext = {}

/** How its dates and times are read. */
export const datesOf = (source: Source | null): DateContext =>
  source === null ? nothingSettled : { tz: source.timeZone, dateOrder: source.dateOrder, unit: source.timeUnit }

/** How its amounts are read. */
export const moneyOf = (source: Source | null, baseCurrency: string): MoneyManner =>
  source === null
    ? { defaultCurrency: baseCurrency }
    : {
        defaultCurrency: source.currency ?? baseCurrency,
        localeHint: source.locale,
        unit: source.moneyUnit,
        isTaxIncluded: source.taxInclusive,
      }
