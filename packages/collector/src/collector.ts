import type { Hono } from 'hono'
import { createApp } from './app.ts'
import { type CollectorOptions, type Config, resolveConfig } from './config.ts'
import { FootfallError, type Refusal, refusalOf } from './errors.ts'
import { createKeyring } from './ingest/authenticate.ts'
import type { Verdicted } from './ingest/decide.ts'
import { createIngest } from './ingest/ingest.ts'
import { createTakeConsent } from './ingest/take-consent.ts'
import { subjectSecretOf } from './keys.ts'
import { createLiveHub } from './live.ts'
import type { Rates } from './normalise/rates.ts'
import { openapi } from './openapi.ts'
import { createReadiness } from './ops/health.ts'
import { createLog, type Logger } from './ops/log.ts'
import { createMetrics, type Metrics } from './ops/metrics.ts'
import { createRegionOf } from './privacy/region.ts'
import { createRetentionJob } from './privacy/retention-job.ts'
import { createRates } from './rates-file.ts'
import { createRegistries } from './registry/registries.ts'
import { createSessionCookie } from './session-cookie.ts'
import { createMemorySink } from './sinks/memory.ts'
import type { Delivery, Fate, Store } from './sinks/sink.ts'
import { createSqliteSink } from './sinks/sqlite/sqlite-sink.ts'
import { type Assets, createAssets } from './static.ts'

/** A running collector: a Hono app with a life. */
export type Collector = Hono & {
  /** Resolves when the store is open and migrated. Rejects with a `FootfallError`; until then, and after, requests are refused with 503. */
  readonly ready: Promise<void>
  /** Takes no more requests (503), makes everything received durable, lets go of the store. Never rejects. */
  close(): Promise<void>
  /** The settings it runs with, keys included. */
  readonly config: Config
  readonly metrics: Metrics['registry']
}

/** Keys that are made are 46 characters long; below this, one that was set is worth a word in the log. */
const shortSecretLength = 16

/** What a host may bring along. */
export interface CollectorPorts {
  /** Ms since 1970 UTC. @defaultValue `Date.now` */
  readonly now?: () => number
  /** @defaultValue a pino logger on stdout at `logLevel` */
  readonly log?: Logger
  /** @defaultValue the one that the settings name */
  readonly store?: Store
  /** Exchange rates. @defaultValue those of the file that the settings name, or that is in the data folder */
  readonly rates?: Rates
  /** @defaultValue the files of the installed `@footfall/browser` and `@footfall/reports` */
  readonly assets?: Assets
}

/**
 * Starts a collector from settings. It answers from the first moment; `ready` tells when it can store.
 *
 * @throws FootfallError when a setting cannot be used or keys cannot be kept
 * @example
 * ```ts
 * host.route('/', createCollector({ dataDir: '.data' }))
 * ```
 */
export function createCollector(given: CollectorOptions = {}, ports: CollectorPorts = {}): Collector {
  const config = resolveConfig(given)
  const now = ports.now ?? Date.now
  const log = ports.log ?? createLog(config.logLevel)
  for (const { id, secretKey } of config.projects) {
    if (secretKey.length < shortSecretLength)
      log.warn({ project: id }, 'the secret key is short enough to be guessed; set a longer one')
  }
  const regionOf = createRegionOf(config.geoDb, config.regionHeader)
  const rates = ratesInForce(config, ports.rates, log)
  const inner = ports.store ?? createStore(config, log)
  const metrics = createMetrics(() => inner.lag())
  const store = measured(inner, metrics)
  const live = createLiveHub()
  const registries = createRegistries(store)
  const keyring = createKeyring(config.projects)
  let closed: Promise<void> | null = null
  let failure: unknown = null
  let isFailureLogged = false

  const ready = store.ready.then(
    () => log.info({ store: config.store.kind }, 'the store is open'),
    (cause: unknown) => {
      failure = cause
      throw cause
    },
  )
  // Whoever waits hears of it; a host that does not must not be ended by it.
  ready.catch(() => {})
  const retention = createRetentionJob(config.projects, now, async (asks) => {
    for (const { project, events, quarantined } of await store.retain(asks)) {
      metrics.removed(project, 'retention', 'events', events)
      metrics.removed(project, 'retention', 'quarantined', quarantined)
      log.info({ project, events, quarantined }, 'what had been kept for long enough was removed')
    }
  })
  ready.then(
    () => retention.start((cause) => log.error(described(cause), 'what had been kept for long enough was not removed')),
    () => {},
  )

  const underWay = createUnderWay()
  const ingest = createIngest({
    config,
    keyring,
    sink: store,
    now,
    regionOf,
    rates: rates.current,
    registryOf: registries.of,
    checkRoom,
    onReceipt,
    onDrops,
    onFault,
  })
  const takeConsent = createTakeConsent({ config, keyring, sink: store, now, regionOf, checkRoom, onFault })
  const app = createApp({
    config,
    keyring,
    ingest: {
      take: (c) => underWay.track(ingest.take(c)),
      validate: (c) => underWay.track(ingest.validate(c)),
      takeOne: (c, writeKey, event) => underWay.track(ingest.takeOne(c, writeKey, event)),
    },
    takeConsent: (c) => underWay.track(takeConsent(c)),
    store,
    registries,
    rates: rates.current,
    live,
    metrics,
    readiness: createReadiness(store, config.store.kind, () => closed !== null, now),
    assets: ports.assets ?? createAssets(),
    session: createSessionCookie(config.projects, now),
    openapi: () => openapi(config.path),
    isClosing: () => closed !== null,
    now,
    onExport({ id }) {
      metrics.subject(id, 'export')
      log.info({ project: id }, 'what is known about a person was given out')
    },
    onErasure({ id }, erasure) {
      const { events, quarantined, sessions } = erasure
      metrics.subject(id, 'erasure')
      metrics.removed(id, 'erasure', 'events', events)
      metrics.removed(id, 'erasure', 'quarantined', quarantined)
      log.info({ project: id, events, quarantined, sessions }, 'a person was erased')
    },
    onReplay({ id }, { problems: _, next: __, ...counts }) {
      metrics.removed(id, 'replay', 'quarantined', counts.accepted + counts.duplicate + counts.rejected)
      log.info({ project: id, ...counts }, 'events that were kept aside were judged again')
    },
    onPurge({ id }, quarantined) {
      metrics.removed(id, 'purge', 'quarantined', quarantined)
      log.info({ project: id, quarantined }, 'events that were kept aside were removed')
    },
    onReprocess({ id }, { changed, unreadable, notAllowed }) {
      if (changed > 0) log.info({ project: id, changed, unreadable, notAllowed }, 'stored events were given another meaning')
    },
    onRefusal(route, code) {
      metrics.refusal(code)
      log.debug({ route, code }, 'refused')
    },
    onError(route, error) {
      metrics.refusal(refusalOf(error).code)
      log.error({ route, ...described(error) }, 'a request failed')
    },
  })

  return Object.assign(app, { ready, close, config, metrics: metrics.registry })

  function checkRoom(): Refusal | null {
    if (failure === null) return null
    // A command has told its user already; a host that did not wait for `ready` learns it here.
    if (!isFailureLogged) log.fatal(described(failure), 'the store could not be opened')
    isFailureLogged = true
    return refusalOf(failure)
  }

  function onReceipt(project: { readonly id: string }, verdicts: readonly Verdicted[], receivedAt: number): void {
    for (const { status, code } of verdicts) metrics.verdict(project.id, status, code)
    if (verdicts.length > 0) metrics.received(project.id, receivedAt)
    live.publish(project.id, verdicts, receivedAt)
    log.debug({ project: project.id, events: verdicts.length }, 'a batch was stored')
  }

  function onDrops(counts: Readonly<Record<string, number>>): void {
    for (const [reason, events] of Object.entries(counts)) metrics.drop(reason, events)
  }

  function onFault(fault: unknown): void {
    log.error(described(fault), 'a batch was not stored')
  }

  function close(): Promise<void> {
    closed ??= letGo()
    return closed
  }

  async function letGo(): Promise<void> {
    live.close()
    retention.stop()
    rates.stop()
    try {
      await underWay.settled(bodyPatienceMs)
      await store.close()
      log.info('closed')
    } catch (cause) {
      log.error(described(cause), 'the store did not close')
    }
  }
}

/** Requests that are being taken when the end comes may still bring their body; whoever is slower sends it again. */
const bodyPatienceMs = 3000

function createUnderWay() {
  const promises = new Set<Promise<unknown>>()
  return {
    track<T>(promise: Promise<T>): Promise<T> {
      promises.add(promise)
      const forget = (): void => void promises.delete(promise)
      promise.then(forget, forget)
      return promise
    },
    async settled(patienceMs: number): Promise<void> {
      const late = Promise.withResolvers<void>()
      const timer = setTimeout(() => late.resolve(), patienceMs)
      await Promise.race([Promise.allSettled(promises), late.promise])
      clearTimeout(timer)
    },
  }
}

/** Rates come out daily: a collector that runs for months must not stay with those of its start. */
const ratesCheckMs = 60_000

function ratesInForce(config: Config, given: Rates | undefined, log: Logger): { current(): Rates | null; stop(): void } {
  if (given !== undefined) return { current: () => given, stop: () => {} }
  const rates = createRates(config)
  const timer = setInterval(() => {
    try {
      if (rates.look()) log.info({ to: rates.current()?.to }, 'the exchange rates were read anew')
    } catch (cause) {
      log.error(described(cause), 'the exchange rates were not read anew; those from before stay')
    }
  }, ratesCheckMs).unref()
  return { current: rates.current, stop: () => clearInterval(timer) }
}

function createStore({ store, projects, dataDir }: Config, log: Logger): Store {
  if (store.kind === 'memory') return createMemorySink()
  return createSqliteSink({
    folder: store.folder,
    projects,
    subjectSecret: subjectSecretOf(dataDir),
    onMigration: (migration) => log.info(migration, 'the store is brought to a newer version; a large one takes minutes'),
  })
}

/** Errors of ours are safe to log whole; of others only what cannot hold a visitor's data. */
function described(error: unknown): object {
  if (error instanceof FootfallError) return { code: error.code, reason: error.message }
  if (!(error instanceof Error)) return { reason: typeof error }
  return {
    reason: error.name,
    stack: error.stack
      ?.split('\n')
      .filter((line) => /^\s+at /.test(line))
      .slice(0, 8),
  }
}

function measured(store: Store, metrics: Metrics): Store {
  return {
    ...store,
    async commit(delivery: Delivery): Promise<readonly Fate[]> {
      await store.ready
      const started = performance.now()
      const fates = await store.commit(delivery)
      metrics.commit((performance.now() - started) / 1000, delivery.records.length)
      return fates
    },
  }
}
