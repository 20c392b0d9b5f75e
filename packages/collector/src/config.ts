import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import type { BlockList } from 'node:net'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import * as v from 'valibot'
import { blockListOf } from './config-values.ts'
import { FootfallError } from './errors.ts'
import { completeKeys, type KeyList, type Keys } from './keys.ts'
import type { LimitSettings } from './limits/limits.ts'
import { nearest } from './nearest.ts'
import type { LogLevel } from './ops/log.ts'
import type { MetricsAccess } from './ops/metrics-access.ts'
import { readTraceSettings, type TraceSettings } from './ops/trace-settings.ts'
import { aMetricsKey, type CollectorOptions, options, projectOptions, settings } from './options.ts'
import { type RegionRules, type RegionRulesOptions, withRules } from './privacy/region-rules.ts'
import type { RetentionDays } from './privacy/retention.ts'

export { type CollectorOptions, options, type ProjectOptions, settings } from './options.ts'

/** One site's data: its keys, who may write to it, and how its days and sums are reckoned. */
export interface Project extends Keys {
  readonly id: string
  readonly origins: readonly string[]
  readonly baseCurrency: string
  readonly timeZone: string
  /** For how many days what is kept; what is not named is kept for good. */
  readonly retentionDays: RetentionDays
  /** What is kept aside takes no more than this. */
  readonly quarantineMaxBytes: number
  /** A path of its own for `POST /v1/events`, on which no other project's key is known. */
  readonly path: string | null
}

/** Settings that have been checked. */
export interface Config {
  readonly port: number
  readonly host: string
  readonly dataDir: string
  readonly store: { readonly kind: 'sqlite'; readonly folder: string } | { readonly kind: 'memory' }
  /** A second path for `POST /v1/events`, of every project. */
  readonly path: string | null
  readonly trustedProxies: BlockList
  readonly limits: LimitSettings
  /** Name of the cookie that keeps a visitor's id; `null`: there is none. */
  readonly idCookie: string | null
  /** File in MaxMind's format that regions are looked up in. */
  readonly geoDb: string | null
  /** Header in which a trusted proxy says where a request comes from. */
  readonly regionHeader: string | null
  readonly regionRules: RegionRules
  readonly metrics: MetricsAccess
  /** File of exchange rates; `null`: the one in the data folder, where there is one. */
  readonly fxRates: string | null
  readonly logLevel: LogLevel
  readonly projects: readonly Project[]
  /** Projects whose keys were made at this start: the moment to show them to somebody. */
  readonly newKeysFor: readonly string[]
}

const defaults = {
  port: 8080,
  host: '127.0.0.1',
  dataDir: '.data',
  logLevel: 'info',
  metrics: 'open',
  origins: [],
  trustedProxies: [],
  baseCurrency: 'EUR',
  timezone: 'UTC',
  retentionDays: {},
  // An office, a school or a cell of a telephone network behind one address: 200 people who each open a page every two seconds. After an
  // outage all their trackers come at once, with what they kept.
  limitPerAddress: { perSecond: 100, burst: 6000 },
  // A shop of 300,000 events a day has 35 in its best second. An hour of that, kept by trackers while the collector was away, comes at once.
  limitPerKey: { perSecond: 5000, burst: 300_000 },
  quarantineMaxMb: 256,
} as const

/**
 * Checks settings and completes them; keys that are missing are made and kept in the data folder.
 *
 * @throws FootfallError `bad_setting`, `unknown_setting`, `bad_keys_file`, `data_dir_unusable`
 */
export function resolveConfig(given: CollectorOptions = {}): Config {
  const { projects: givenProjects, regionRules, ...top } = given
  const settings = checked(top, options, '')
  const dataDir = resolve(settings.dataDir ?? defaults.dataDir)
  const { projects, newKeysFor } = resolveProjects(givenProjects, settings, dataDir)
  const metrics = settings.metrics ?? defaults.metrics
  const isOthers = projects.some((project) => typeof metrics === 'object' && keysOf(project).includes(metrics.key))
  if (isOthers) throw badSetting('metrics (FOOTFALL_METRICS)', aMetricsKey)
  return {
    port: settings.port ?? defaults.port,
    host: settings.host ?? defaults.host,
    dataDir,
    store: storeIn(settings),
    path: settings.path ?? null,
    trustedProxies: blockListOf(settings.trustedProxies ?? defaults.trustedProxies),
    limits: {
      perAddress: settings.limitPerAddress === undefined ? defaults.limitPerAddress : settings.limitPerAddress,
      perKey: settings.limitPerKey === undefined ? defaults.limitPerKey : settings.limitPerKey,
    },
    idCookie: settings.idCookie === undefined || settings.idCookie === 'off' ? null : settings.idCookie,
    metrics,
    geoDb: settings.geoDb === undefined ? null : resolve(settings.geoDb),
    regionHeader: settings.regionHeader ?? null,
    regionRules: withRules(checkedRules(regionRules ?? {})),
    fxRates: settings.fxRates === undefined ? null : resolve(settings.fxRates),
    logLevel: settings.logLevel ?? defaults.logLevel,
    projects,
    newKeysFor,
  }
}

/**
 * Where the store is, without making anything: for commands that only look at it.
 *
 * @throws FootfallError `bad_setting`, `unknown_setting`
 */
export function storeOf({ projects: _, regionRules: __, ...top }: CollectorOptions): Config['store'] {
  return storeIn(checked(top, options, ''))
}

/**
 * Where the data folder is, without making it.
 *
 * @throws FootfallError `bad_setting`, `unknown_setting`
 */
export function dataDirOf({ projects: _, regionRules: __, ...top }: CollectorOptions): string {
  return resolve(checked(top, options, '').dataDir ?? defaults.dataDir)
}

/**
 * The keys that the settings give to a project, without those that the collector made.
 *
 * @throws FootfallError `bad_setting`, `unknown_setting`
 */
export function keysGiven(
  { projects = {}, ...top }: CollectorOptions,
  project: string,
): { readonly writeKey?: KeyList; readonly secretKey?: KeyList } {
  const own = Object.hasOwn(projects, project) ? projects[project] : undefined
  const { writeKey, secretKey } = { ...(project === 'default' && top), ...own }
  return checked({ writeKey, secretKey }, projectOptions, '')
}

/**
 * Where a running collector is asked by commands on the same machine, or on another: without a slash at its end.
 *
 * @throws FootfallError `bad_setting`, `unknown_setting`
 */
export function clientOf({ projects: _, regionRules: __, ...top }: CollectorOptions): string {
  const { url, host = defaults.host, port = defaults.port } = checked(top, options, '')
  if (url !== undefined) return url.replace(/\/+$/, '')
  if (port === 0) throw badSetting('url (FOOTFALL_URL)', 'the address of the collector, since PORT 0 names none')
  return `http://${reachable(host)}:${port}`
}

/** Whoever listens everywhere is found on the machine itself. */
function reachable(host: string): string {
  if (host === '0.0.0.0') return defaults.host
  if (host === '::') return '[::1]'
  return host.includes(':') ? `[${host}]` : host
}

function storeIn({ store, dataDir }: { readonly store?: string; readonly dataDir?: string }): Config['store'] {
  if (store === 'memory') return { kind: 'memory' }
  return { kind: 'sqlite', folder: resolve(store?.slice('sqlite:'.length) ?? dataDir ?? defaults.dataDir) }
}

const ProjectId = /^[a-z0-9][a-z0-9_-]{0,63}$/

type Settings<T extends Readonly<Record<string, { readonly schema: v.GenericSchema }>>> = {
  readonly [K in keyof T]?: v.InferOutput<T[K]['schema']>
}

function resolveProjects(
  given: CollectorOptions['projects'],
  top: Settings<typeof options>,
  dataDir: string,
): Pick<Config, 'projects' | 'newKeysFor'> {
  const several = Object.entries(given ?? {}).map(([id, project]) => {
    if (!ProjectId.test(id)) throw badSetting(`projects.${id}`, 'a name of small letters, digits, "-" or "_"')
    return [id, checked(project, projectOptions, `projects.${id}.`)] as const
  })
  const own = given === undefined ? [['default', top] as const] : several.map((entry) => withKeys(entry, top))
  if (own.length === 0) throw badSetting('projects', 'at least one project')
  if ((top.writeKey ?? top.secretKey) !== undefined && !own.some(([id]) => id === 'default')) {
    throw badSetting(
      'writeKey or secretKey',
      'nothing beside projects of which none is named default: each project has keys of its own',
    )
  }
  const { keys, madeFor } = completeKeys(dataDir, new Map(own))
  const resolved = own.map(([id, project]): Project => {
    return {
      id,
      ...(keys.get(id) as Keys), // completeKeys answers for every project
      origins: project.origins ?? top.origins ?? defaults.origins,
      baseCurrency: project.baseCurrency ?? top.baseCurrency ?? defaults.baseCurrency,
      timeZone: project.timezone ?? top.timezone ?? defaults.timezone,
      retentionDays: project.retentionDays ?? top.retentionDays ?? defaults.retentionDays,
      // The one above is everybody's.
      path: given === undefined ? null : (project.path ?? null),
      quarantineMaxBytes: (project.quarantineMaxMb ?? top.quarantineMaxMb ?? defaults.quarantineMaxMb) * 2 ** 20,
    }
  })
  const all = resolved.flatMap(keysOf)
  if (new Set(all).size < all.length) throw badSetting('writeKey and secretKey', 'keys that are all different')
  const paths = [top.path, ...resolved.map(({ path }) => path)].filter((path) => typeof path === 'string')
  if (new Set(paths).size < paths.length) throw badSetting('path', 'a path of its own for each project')
  return { projects: resolved, newKeysFor: madeFor }
}

const keysOf = ({ writeKeys, secretKeys }: Keys): readonly string[] => [...writeKeys, ...secretKeys]

const RuleOfRegion = v.picklist(['opt_in', 'opt_out'])
const Rules = v.record(
  v.pipe(v.string(), v.regex(/^(\*|[A-Z]{2}(-[A-Z0-9]{1,3})?)$/)),
  v.strictObject({
    analytics: v.optional(RuleOfRegion),
    personalization: v.optional(RuleOfRegion),
    marketing: v.optional(RuleOfRegion),
    sale_of_data: v.optional(RuleOfRegion),
  }),
)

function checkedRules(given: unknown): RegionRulesOptions {
  const { success, output } = v.safeParse(Rules, given)
  if (success) return output as RegionRulesOptions // what is optional there is never given as undefined in a file
  throw badSetting(
    'regionRules',
    'regions such as FR or US-CA, or *, each with rules for analytics, personalization, marketing or sale_of_data: opt_in or opt_out',
  )
}

type ProjectEntry = readonly [id: string, settings: Settings<typeof projectOptions>]

const withKeys = ([id, project]: ProjectEntry, { writeKey, secretKey }: ProjectEntry[1]): ProjectEntry =>
  id === 'default' ? [id, { ...(writeKey && { writeKey }), ...(secretKey && { secretKey }), ...project }] : [id, project]

function checked<T extends Readonly<Record<string, { readonly env: string; readonly schema: v.GenericSchema }>>>(
  given: object,
  table: T,
  path: string,
): Settings<T> {
  const settings: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(given)) {
    const option = Object.hasOwn(table, name) ? table[name] : undefined
    if (option === undefined) {
      const sentence = `There is no setting ${path}${name}; the settings are ${Object.keys(table).join(', ')}.`
      throw new FootfallError('unknown_setting', sentence)
    }
    if (value === undefined) continue
    const result = v.safeParse(option.schema, value)
    if (!result.success) throw badSetting(`${path}${name} (${option.env})`, result.issues[0].message)
    settings[name] = result.output
  }
  return settings as Settings<T> // built from the table's own entries
}

// The value is not repeated: it could be a key that went into the wrong place.
const badSetting = (name: string, expected: string): FootfallError =>
  new FootfallError('bad_setting', `${name} has a value that cannot be used; it takes ${expected}.`)

// Settings of versions to come. Somebody who sets one relies on it: silence would mislead them.
const plannedVariables = ['FOOTFALL_LOG'] as const

export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  /** Configuration file; without it `footfall.config.ts`, `.js` or `.json` in the working folder, where there is one. */
  readonly file?: string | undefined
}

/**
 * Gathers settings from the configuration file and the environment, which wins. The only reader of the environment.
 *
 * @throws FootfallError `bad_config_file`, `unknown_setting`
 */
export async function loadOptions(surroundings: Partial<Surroundings> = {}): Promise<CollectorOptions> {
  const { env = process.env, cwd = process.cwd(), file } = surroundings
  const planned = plannedVariables.find((name) => env[name] && env[name] !== 'none')
  if (planned)
    throw new FootfallError('unknown_setting', `${planned} is not supported by this version; take it out of the environment.`)
  refuseSlips(env)
  const fromEnv = Object.entries(options).flatMap(([name, option]): [string, string][] => {
    const value = env[option.env]
    return value === undefined || value === '' ? [] : [[name, value]]
  })
  return { ...(await readConfigFile(cwd, file)), ...Object.fromEntries(fromEnv) }
}

/** What Kubernetes tells every program of a service that is called footfall. */
const ofKubernetes = /^FOOTFALL_(?:PORT|SERVICE)(?:_|$)/

/** A name that nearly is a setting's was meant to be one; others may be anybody's. */
function refuseSlips(env: Surroundings['env']): void {
  const known = new Set(settings.map((setting) => setting.env))
  for (const name of Object.keys(env)) {
    if (!name.startsWith('FOOTFALL_') || known.has(name) || ofKubernetes.test(name)) continue
    const meant = nearest(name, known)
    if (meant === null) continue
    throw new FootfallError('unknown_setting', `${name} in the environment is no setting; did you mean ${meant}?`)
  }
}

/**
 * Where traces go, by the variables that OpenTelemetry has given names to; `null`: nowhere.
 *
 * @throws FootfallError `bad_setting`
 */
export const loadTraceSettings = ({ env = process.env }: Partial<Surroundings> = {}): TraceSettings | null =>
  readTraceSettings(env)

async function readConfigFile(cwd: string, named: string | undefined): Promise<CollectorOptions> {
  const candidates = named === undefined ? ['footfall.config.ts', 'footfall.config.js', 'footfall.config.json'] : [named]
  const path = candidates.map((file) => resolve(cwd, file)).find((file) => existsSync(file))
  if (path === undefined) {
    if (named === undefined) return {}
    throw new FootfallError(
      'bad_config_file',
      `There is no configuration file ${join(cwd, named)}; name one that exists after --config.`,
    )
  }
  let content: unknown
  try {
    content = path.endsWith('.json') ? JSON.parse(await readFile(path, 'utf8')) : (await import(pathToFileURL(path).href)).default
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.split('\n', 1)[0] : String(cause)
    throw new FootfallError('bad_config_file', `${path} cannot be read: ${reason}; mend it or move it away.`, { cause })
  }
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    throw new FootfallError(
      'bad_config_file',
      `${path} does not hold settings; it takes an object, as the default export of a module.`,
    )
  }
  return content
}
