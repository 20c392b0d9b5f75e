import * as v from 'valibot'
import { isCookieName, isFreePath, isHttpUrl, isNetwork, isOrigin, isTimeZone } from './config-values.ts'
import { type KeyList, secretKeyForm, writeKeyForm } from './keys.ts'
import { type Rate, readRate } from './limits/rate.ts'
import { readCurrency } from './normalise/currencies.ts'
import { type LogLevel, logLevels } from './ops/log.ts'
import type { MetricsAccess } from './ops/metrics-access.ts'
import type { RegionRulesOptions } from './privacy/region-rules.ts'
import { type RetentionDays, readRetention } from './privacy/retention.ts'

const text = (check: (value: string) => boolean, expected: string) => v.pipe(v.string(), v.check(check, expected))

const list = (item: v.GenericSchema<string>, expected: string) =>
  v.pipe(
    v.union([v.array(v.string()), v.string()], expected),
    v.transform((value) => (typeof value === 'string' ? value.split(',') : value).map((part) => part.trim()).filter(Boolean)),
    v.array(item),
  )

const Port = v.pipe(
  v.union([v.number(), v.pipe(v.string(), v.regex(/^\d+$/), v.transform(Number))], 'a port number from 0 to 65535'),
  v.integer('a port number from 0 to 65535'),
  v.minValue(0, 'a port number from 0 to 65535'),
  v.maxValue(65_535, 'a port number from 0 to 65535'),
)

const Origin = text(isOrigin, 'origins such as https://shop.example: scheme and host, no path, separated by commas; no wildcard')
const ProxyNetwork = text(isNetwork, 'addresses or networks such as 127.0.0.1 or 10.0.0.0/8, separated by commas')
const aWriteKey = '3 to 128 letters, digits, ".", "_" or "-"'
const WriteKey = text((value) => writeKeyForm.test(value), aWriteKey)
const aSecretKey = '6 to 256 letters, digits, ".", "_" or "-", better 32 and random; leave it out to have one made'
const SecretKey = text((value) => secretKeyForm.test(value), aSecretKey)
/** One key or several, the current one first. */
const keyList = (key: v.GenericSchema<string>, expected: string) =>
  v.pipe(
    list(key, expected),
    v.minLength(1, expected),
    v.maxLength(maxKeys, `at most ${maxKeys} keys, the current one first`),
    v.transform((keys) => keys as unknown as KeyList), // at least one, as was just checked
  )

/** Enough for a rotation, and for the one before that was not finished. */
const maxKeys = 8

const Megabytes = v.pipe(
  v.union([v.number(), v.pipe(v.string(), v.regex(/^\d{1,7}$/), v.transform(Number))], 'megabytes, such as 256'),
  v.integer('whole megabytes, such as 256'),
  v.minValue(1, 'at least one megabyte'),
)

const Path = {
  env: 'FOOTFALL_PATH',
  schema: text(isFreePath, 'a path such as /e: letters, digits, "-", "_" and "/", none of the collector\'s own routes'),
} as const

const limit = (what: string) =>
  v.pipe(
    v.unknown(),
    v.transform(readRate),
    v.custom<Rate | null>(
      (rate) => rate !== undefined,
      `off, or ${what} per second such as 50, or 50:3000 with how many may come at once`,
    ),
  )

/** So long that none can be guessed, and no slip of the pen such as `closed` is one. */
const metricsKeyForm = /^[\w.-]{16,256}$/

export const aMetricsKey = 'open, off, or a key of its own: 16 to 256 letters, digits, ".", "_" or "-"'
const Metrics = v.pipe(
  text((value) => value === 'open' || value === 'off' || metricsKeyForm.test(value), aMetricsKey),
  v.transform((value): MetricsAccess => (value === 'open' || value === 'off' ? value : { key: value })),
)

/** What holds for one project; on the top level for the project `default`, and as what the others start from. */
export const projectOptions = {
  writeKey: { env: 'FOOTFALL_WRITE_KEY', schema: keyList(WriteKey, aWriteKey) },
  secretKey: { env: 'FOOTFALL_SECRET_KEY', schema: keyList(SecretKey, aSecretKey) },
  origins: { env: 'FOOTFALL_ORIGINS', schema: list(Origin, 'a list of origins') },
  baseCurrency: {
    env: 'FOOTFALL_BASE_CURRENCY',
    schema: text((value) => readCurrency(value) === value, 'an active ISO 4217 code in upper case, such as EUR'),
  },
  path: Path,
  retentionDays: {
    env: 'FOOTFALL_RETENTION_DAYS',
    schema: v.pipe(
      v.unknown(),
      v.transform(readRetention),
      v.custom<RetentionDays>(
        (days) => days !== null,
        'days, such as 400, or days by purpose, such as analytics=400,marketing=180,quarantine=30',
      ),
    ),
  },
  quarantineMaxMb: { env: 'FOOTFALL_QUARANTINE_MAX_MB', schema: Megabytes },
  timezone: { env: 'FOOTFALL_TIMEZONE', schema: text(isTimeZone, 'an IANA time zone, such as UTC or Europe/Berlin') },
} as const

const serverOptions = {
  port: { env: 'PORT', schema: Port },
  host: { env: 'HOST', schema: text((value) => /^[\w.:-]+$/.test(value), 'an address or host name to listen on') },
  url: { env: 'FOOTFALL_URL', schema: text(isHttpUrl, 'an address such as https://collect.example: no user, query or fragment') },
  dataDir: { env: 'FOOTFALL_DATA_DIR', schema: text((value) => value.trim() !== '' && !value.includes('\0'), 'a folder') },
  store: {
    env: 'FOOTFALL_STORE',
    schema: text((value) => /^(sqlite:.+|memory)$/.test(value), 'sqlite:<folder>, or memory for tests; other stores come later'),
  },
  path: Path,
  trustedProxies: { env: 'FOOTFALL_TRUSTED_PROXIES', schema: list(ProxyNetwork, 'a list of addresses') },
  idCookie: { env: 'FOOTFALL_ID_COOKIE', schema: text(isCookieName, 'off, or the name of a cookie, such as visitor') },
  limitPerAddress: { env: 'FOOTFALL_LIMIT_PER_ADDRESS', schema: limit('requests') },
  limitPerKey: { env: 'FOOTFALL_LIMIT_PER_KEY', schema: limit('events') },
  metrics: { env: 'FOOTFALL_METRICS', schema: Metrics },
  geoDb: { env: 'FOOTFALL_GEO_DB', schema: text((value) => value.trim() !== '' && !value.includes('\0'), 'a file') },
  regionHeader: {
    env: 'FOOTFALL_REGION_HEADER',
    schema: text((value) => /^[\w-]{1,64}$/.test(value), 'the name of a header, such as cf-ipcountry'),
  },
  fxRates: { env: 'FOOTFALL_FX_RATES', schema: text((value) => value.trim() !== '' && !value.includes('\0'), 'a file') },
  logLevel: { env: 'FOOTFALL_LOG_LEVEL', schema: v.picklist(logLevels, `one of ${logLevels.join(', ')}`) },
} as const

/** The one table of options: environment and configuration file feed the same entries. */
export const options = { ...serverOptions, ...projectOptions } as const
/** An option's name, and the variable of the environment that sets it. */
export const settings: readonly { readonly name: OptionName; readonly env: string }[] = Object.entries(options).map(
  ([name, { env }]) => ({ name: name as OptionName, env }), // the table's own keys
)

type OptionName = keyof typeof options

/** Settings of the collector; each may be left out. */
export interface CollectorOptions {
  /** Port that `footfall serve` listens on. @defaultValue 8080 */
  readonly port?: number | string
  /** Address that `footfall serve` listens on. @defaultValue `127.0.0.1` */
  readonly host?: string
  /** Where commands such as `footfall sources` find the collector that runs, its path included. @defaultValue `http://HOST:PORT` */
  readonly url?: string
  /** Folder of the keys, and of the store unless `store` names another. @defaultValue `.data` */
  readonly dataDir?: string
  /** `sqlite:<folder>`, or `memory`: for tests, forgotten at the end. @defaultValue `sqlite:<dataDir>` */
  readonly store?: string
  /**
   * A second path that takes events, such as `/e`: lists of blockers match names. A project's own takes only what comes with its keys.
   * @defaultValue none
   */
  readonly path?: string
  /** Proxies whose `X-Forwarded-*` headers are believed: addresses or networks. @defaultValue none */
  readonly trustedProxies?: readonly string[] | string
  /**
   * Name of a first-party cookie that keeps a visitor's id, or `off`: set with the receipt for pages of the collector's own origin whose
   * visitor has agreed to analytics, not readable to scripts.
   * @defaultValue `off`
   */
  readonly idCookie?: string
  /**
   * How many requests may come from one address: per second in the long run, and after a colon at once, by default those of a minute; or
   * `off`. One that brings more than 20 events counts as several. An address is that of a visitor behind the trusted proxies; of IPv6 the
   * first 64 bits, and all of a /48 together may send eight times as many.
   * @defaultValue `100:6000`
   */
  readonly limitPerAddress?: number | string
  /**
   * How many events may come with one write key, where the secret one is not shown: per second, and at once; or `off`. What is larger than
   * 4 KiB counts as several. One address may take a quarter of it, one /48 of IPv6 half, unless `limitPerAddress` is off.
   * @defaultValue `5000:300000`
   */
  readonly limitPerKey?: number | string
  /**
   * Who may read `/metrics`: `open`, everybody who reaches the port; `off`, nobody; else a key, which whoever asks shows as
   * `Authorization: Bearer <key>`, and which opens nothing else.
   * @defaultValue `open`
   */
  readonly metrics?: string
  /** File in MaxMind's format (`.mmdb`), of countries or of cities, in which regions are looked up. @defaultValue none */
  readonly geoDb?: string
  /** Header in which a trusted proxy says where a request comes from: `FR`, `US-CA`. @defaultValue none */
  readonly regionHeader?: string
  /**
   * Where consent is needed first (`opt_in`), and where it is enough that nobody objected (`opt_out`): region -> purpose -> rule. `*` is
   * every other place, and a place that is not known.
   * @defaultValue `opt_out` in the United States, `opt_in` everywhere else
   */
  readonly regionRules?: RegionRulesOptions
  /**
   * File of exchange rates, as the ECB publishes them: CSV or XML, of the whole history or less. Read at the start and when it changes.
   * @defaultValue `rates.csv` in the data folder, which `footfall rates import` puts there; without it, amounts in other currencies than
   * the base currency are left out of sums
   */
  readonly fxRates?: string
  /** @defaultValue `info` */
  readonly logLevel?: LogLevel
  /**
   * Public token; can only write. Of several, the first is the current one, and the others still work.
   * @defaultValue made on first start and kept in `keys.json` in the data folder
   */
  readonly writeKey?: readonly string[] | string
  /**
   * Reads everything. Of several, the first is the current one, and the others still work.
   * @defaultValue made on first start and kept in `keys.json` in the data folder
   */
  readonly secretKey?: readonly string[] | string
  /** Sites of other hosts that may write, exactly: `https://shop.example`. The collector's own host always may. @defaultValue none */
  readonly origins?: readonly string[] | string
  /** ISO 4217 code of the sums in reports. Cannot be changed for a store that has data. @defaultValue `EUR` */
  readonly baseCurrency?: string
  /**
   * For how many days events are kept: one number for all, or by purpose and for the `quarantine`. Reports keep their figures.
   * @defaultValue for good
   */
  readonly retentionDays?: number | string | RetentionDays
  /**
   * What is kept aside because it could not be read may take so many MiB of the disk; what would go beyond is rejected as
   * `quarantine_full`, and counted. A quarter is left to what comes with the secret key. @defaultValue 256
   */
  readonly quarantineMaxMb?: number | string
  /** IANA time zone of the days in reports. @defaultValue `UTC` */
  readonly timezone?: string
  /**
   * Several sites: id -> settings. What one leaves out is taken from above, except keys: those above are of the project `default`.
   * @defaultValue `{ default: {} }`
   */
  readonly projects?: Readonly<Record<string, ProjectOptions>>
}

export type ProjectOptions = Pick<CollectorOptions, keyof typeof projectOptions>
