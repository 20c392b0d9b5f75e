import type { Context, Hono } from 'hono'
import { createApp } from './app.ts'
import { type CollectorOptions, type Config, resolveConfig } from './config.ts'
import { FootfallError, type Refusal, refusalOf } from './errors.ts'
import { createIdCookie } from './id-cookie.ts'
import { createKeyring } from './ingest/authenticate.ts'
import { createBudget } from './ingest/budget.ts'
import type { Verdicted } from './ingest/decide.ts'
import { createIngest } from './ingest/ingest.ts'
import type { Peer } from './ingest/peer.ts'
import { createTakeConsent } from './ingest/take-consent.ts'
import { subjectSecretOf } from './keys.ts'
import { createLimitCounters } from './limits/counters.ts'
import { createLimits } from './limits/limits.ts'
import { createLiveHub } from './live.ts'
import type { Rates } from './normalise/rates.ts'
import { openapi } from './openapi.ts'
import { createReadiness } from './ops/health.ts'
import { createLog, described, type Logger } from './ops/log.ts'
import { createMetrics, type Metrics } from './ops/metrics.ts'
import { createMetricsAccess } from './ops/metrics-access.ts'
import { beginPassage, type Passage, type Way } from './ops/passage.ts'
import { createTracing } from './ops/trace.ts'
import type { TraceSettings } from './ops/trace-settings.ts'
import { createWitness, type Witness } from './ops/witness.ts'
import { createRegionOf } from './privacy/region.ts'
import { createRetentionJob } from './privacy/retention-job.ts'
import { createRates } from './rates-file.ts'
import { createRegistries } from './registry/registries.ts'
import { createSessionCookie } from './session-cookie.ts'
import { createMemorySink } from './sinks/memory.ts'
import type { Delivery, Fate, Store } from './sinks/sink.ts'
import { hasPseudonyms } from './sinks/sqlite/has-pseudonyms.ts'
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
  /** Where traces of requests go: see `loadTraceSettings`. @defaultValue nowhere, and none are made */
  readonly traces?: TraceSettings | null
  /** @defaultValue the one that the settings name */
  readonly store?: Store
  /** Exchange rates. @defaultValue those of the file that the settings name, or that is in the data folder */
  readonly rates?: Rates
  /** @defaultValue the files of the installed `@footfall/browser` and `@footfall/reports` */
  readonly assets?: Assets
}

const maxReceivingBytes = 16 * 2 ** 20

/** Most stores are open by then; what takes longer brings an old one to a new version, and nobody waits for minutes. */
const openingMs = 2000
const isOpening = new FootfallError('store_unavailable', 'The store is still being opened.')

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
  log.info({ node: process.version, store: config.store.kind, project_count: config.projects.length }, 'starting')
  for (const { id, secretKeys } of config.projects) {
    if (secretKeys.some((key) => key.length < shortSecretLength))
      log.warn({ project: id }, 'the secret key is short enough to be guessed; set a longer one')
  }
  const regionOf = createRegionOf(config.geoDb, config.regionHeader)
  const rates = ratesInForce(config, ports.rates, log)
  const metrics = createMetrics({
    projects: config.projects,
    lag: () => inner.lag(),
    footprint: () => inner.footprint(),
    newestRate: () => rates.current()?.to ?? null,
    watchers: () => live.watchers(),
  })
  const witness = createWitness(log, metrics)
  const tracing = ports.traces === undefined || ports.traces === null ? null : createTracing(ports.traces, log)
  const inner = ports.store ?? createStore(config, log, metrics, witness)
  const store = measured(inner, metrics, witness)
  const live = createLiveHub()
  const registries = createRegistries(store)
  const limits = createLimits(config.limits, {
    elapsedMs: () => performance.now(),
    random: Math.random,
    onUnnamedProxy: () =>
      log.warn(
        'requests come through a proxy that is not named in FOOTFALL_TRUSTED_PROXIES: its visitors cannot be told apart, so that no limit per address holds for them',
      ),
  })
  const limitCounters = createLimitCounters(metrics.registry, config.projects)
  const keyring = createKeyring(config.projects, limits, limitCounters.keyUsed)
  let closed: Promise<void> | null = null
  let failure: unknown = null
  let isFailureLogged = false
  let api: string | null = null

  const startedAt = performance.now()
  let isOpen = false
  const ready = store.ready.then(
    () => {
      isOpen = true
      log.info({ store: config.store.kind }, 'the store is open')
    },
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
    metrics.retained(now())
  })
  ready.then(
    () => retention.start((cause) => log.error(described(cause), 'what had been kept for long enough was not removed')),
    () => {},
  )

  const underWay = createUnderWay()
  const budget = createBudget(maxReceivingBytes)
  const ingest = createIngest({
    config,
    keyring,
    limits,
    budget,
    sink: store,
    now,
    regionOf,
    rates: rates.current,
    registryOf: registries.of,
    checkRoom,
    onReceipt,
    onDrops,
    onFault: witness.notStored,
    beginPassage: passageOf,
  })
  const takeConsent = createTakeConsent({
    config,
    keyring,
    limits,
    budget,
    sink: store,
    now,
    regionOf,
    checkRoom,
    onFault: witness.notStored,
    beginPassage: passageOf,
  })
  const app = createApp({
    config,
    keyring,
    ingest: {
      take: (...asked) => underWay.track(ingest.take(...asked)),
      validate: (...asked) => underWay.track(ingest.validate(...asked)),
      takeOne: (...asked) => underWay.track(ingest.takeOne(...asked)),
    },
    takeConsent: (...asked) => underWay.track(takeConsent(...asked)),
    limits,
    store,
    registries,
    rates: rates.current,
    live,
    metrics,
    checkMetricsAccess: createMetricsAccess(config.metrics, limits),
    readiness: createReadiness(inner, config.store.kind, () => closed !== null),
    assets: ports.assets ?? createAssets(),
    session: createSessionCookie(config.projects, now),
    idCookie: createIdCookie(config.idCookie),
    openapi: describeApi,
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
    onRefusal: witness.refused,
    onLost: limitCounters.openingLost,
    onError: witness.failed,
  })

  return Object.assign(app, { ready, close, config, metrics: metrics.registry })

  function checkRoom(): Refusal | null {
    if (failure === null && !isOpen && performance.now() - startedAt > openingMs) return refusalOf(isOpening)
    if (failure === null) return null
    // A command has told its user already; a host that did not wait for `ready` learns it here.
    if (!isFailureLogged) log.fatal(described(failure), 'the store could not be opened')
    isFailureLogged = true
    return refusalOf(failure)
  }

  /** Made once: it takes milliseconds, and anybody may ask. */
  function describeApi(): string {
    api ??= JSON.stringify(openapi(pathsOf(config), config.metrics))
    return api
  }

  function onReceipt(project: { readonly id: string }, verdicts: readonly Verdicted[], receivedAt: number): void {
    metrics.received(project.id, verdicts, receivedAt)
    live.publish(project.id, verdicts, receivedAt)
    log.debug({ project: project.id, events: verdicts.length }, 'a batch was stored')
  }

  function onDrops(counts: Readonly<Record<string, number>>): void {
    for (const [reason, events] of Object.entries(counts)) metrics.drop(reason, events)
  }

  function passageOf(c: Context, { isProxied }: Peer, way: Way): Passage {
    // Anybody could write one, and with it decide what is traced: a proxy of the shop's begins traces, or nobody does.
    const isTold = tracing !== null && isProxied
    const traceparent = isTold ? c.req.header('traceparent') : undefined
    const about = { way, route: c.req.routePath, traceparent }
    return beginPassage(about, (passed) => {
      metrics.passed(passed)
      tracing?.onPassed(passed)
    })
  }

  function close(): Promise<void> {
    closed ??= letGo()
    return closed
  }

  async function letGo(): Promise<void> {
    log.info('closing')
    live.close()
    retention.stop()
    rates.stop()
    try {
      await underWay.settled(bodyPatienceMs)
      await store.close()
    } catch (cause) {
      log.error(described(cause), 'the store did not close')
    }
    witness.close()
    await tracing?.close()
    log.info('closed')
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

/** Where events are taken besides the usual place. */
const pathsOf = ({ path, projects }: Config): readonly string[] =>
  [path, ...projects.map((project) => project.path)].filter((each) => each !== null)

function createStore({ store, projects, dataDir }: Config, log: Logger, metrics: Metrics, witness: Witness): Store {
  if (store.kind === 'memory') return createMemorySink()
  return createSqliteSink({
    folder: store.folder,
    projects,
    subjectSecret: subjectSecretOf(dataDir, () => hasPseudonyms(store.folder)),
    onMigration: (migration) =>
      log.info(
        migration,
        migration.reached === migration.from
          ? 'the store is brought to a newer version; a large one takes minutes'
          : 'a part of bringing the store to a newer version is done',
      ),
    onGroup: metrics.group,
    onRestart: witness.restarted,
  })
}

/** What people and programs ask for, one by one. */
const questions = ['events', 'quarantine', 'traffic', 'completeness', 'consent', 'quality', 'consentOf', 'subject'] as const

function measured(store: Store, metrics: Metrics, witness: Witness): Store {
  return {
    ...store,
    ...Object.fromEntries(questions.map((question) => [question, timed(question)])),
    registry(project) {
      metrics.registryRead()
      return store.registry(project)
    },
    async commit(delivery: Delivery): Promise<readonly Fate[]> {
      await store.ready
      const started = performance.now()
      const fates = await store.commit(delivery)
      witness.stored((performance.now() - started) / 1000, delivery.records.length)
      return fates
    },
  }

  function timed(question: (typeof questions)[number]) {
    return async (...asked: unknown[]): Promise<unknown> => {
      const started = performance.now()
      try {
        // The arguments are those of the question itself: its name stays what it is.
        return await (store[question] as (...asked: unknown[]) => Promise<unknown>)(...asked)
      } finally {
        metrics.question(question, (performance.now() - started) / 1000)
      }
    }
  }
}
