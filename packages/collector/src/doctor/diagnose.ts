import { existsSync } from 'node:fs'
import { type AskedCollector, askCollector } from '../commands/ask-collector.ts'
import { type CollectorOptions, clientOf, loadOptions, type Surroundings } from '../config.ts'
import { FootfallError } from '../errors.ts'
import { keptSubjectSecret, lostSecret } from '../keys.ts'
import { reasonOf } from '../rates-file.ts'
import { judgeClock, judgeNode, watchClock } from './clock.ts'
import { type Answerer, checkPort, checkProbe, checkReady, checkValidate, isHere, judgeReach, whoAnswers } from './collector.ts'
import { checkDisk, checkRoom } from './disk.ts'
import { checkGeoDb, checkRates } from './files.ts'
import { type Finding, skipped, wrong } from './finding.ts'
import { checkOwners } from './folders.ts'
import { judgeKeys, judgeOrigins, judgeProxies, type Looked, lookAt } from './settings.ts'
import { checkStore, isInUse, knowsPeople, newestIn } from './store.ts'

/** What is looked at. */
export interface DiagnoseAsk extends Partial<Surroundings> {
  /** @defaultValue the setting `url`, or `http://HOST:PORT` */
  readonly url?: string | undefined
  /** @defaultValue `default` */
  readonly project?: string | undefined
  /** Is an event sent, and erased? */
  readonly isProbing: boolean
  /** Are the store's pages looked through to the end, however long it takes? */
  readonly isFull: boolean
  readonly signal: AbortSignal
  /** Hears what is looked at next. */
  readonly onProgress: (what: string) => void
}

/** A store of a gigabyte is looked through in this time. */
const storePatienceMs = 30_000

/**
 * Looks at everything that can be wrong, one thing after the other, beside a running collector or without one. Changes nothing but what
 * `isProbing` says.
 *
 * @throws FootfallError when the settings cannot be used, after it was told
 */
export async function* diagnose(ask: DiagnoseAsk): AsyncGenerator<Finding, void, void> {
  const steps = watchClock()
  yield judgeNode(process.version)
  let options: CollectorOptions
  let looked: Looked
  try {
    options = await loadOptions(ask)
    if (ask.url !== undefined) options = { ...options, url: ask.url }
    looked = lookAt(options)
  } catch (cause) {
    if (!(cause instanceof FootfallError)) throw cause
    yield wrong('settings', cause.message, 'Mend the setting: a start would end here.')
    throw cause
  }
  const { config } = looked
  yield* judgeKeys(looked)
  yield* judgeOrigins([...new Set(config.projects.flatMap(({ origins }) => origins))])
  yield* judgeProxies({ host: config.host, url: options.url ?? null, trustedProxies: proxiesIn(options) })
  yield* checkRates(config, Date.now())
  yield* checkGeoDb(config)

  let isRunning = false
  let newestReceivedAt: number | null = null
  if (config.store.kind === 'memory')
    yield skipped('store', 'The store is in memory: it is forgotten at the end, and for tests only.')
  else {
    const { folder } = config.store
    isRunning = isInUse(folder)
    yield* checkOwners([config.dataDir, folder])
    if (existsSync(folder)) {
      yield* checkRoom(folder)
      ask.onProgress('how fast the disk makes things durable')
      yield* checkDisk(folder)
    }
    if (keptSubjectSecret(config.dataDir) === null && knowsPeople(folder)) {
      const { says, advice } = lostSecret(config.dataDir)
      yield wrong('keys', `${says}: a start would end here.`, `${advice.charAt(0).toUpperCase()}${advice.slice(1)}`)
    }
    newestReceivedAt = newestIn(folder)
    ask.onProgress('the pages of the store')
    const patienceMs = ask.isFull ? null : storePatienceMs
    yield* await checkStore({ config, folder, now: Date.now(), patienceMs, signal: ask.signal })
  }

  const isNamed = options.url !== undefined
  const url = config.port === 0 && !isNamed ? null : clientOf(options)
  const answerer: Answerer = url === null ? { kind: 'nobody', reason: 'PORT 0 names no address' } : await whoAnswers(url)
  const remote = answerer.kind === 'collector' && url !== null && !isHere(url) ? answerer.clock : null
  yield judgeClock({ wall: Date.now(), stepMs: steps(), remote, newestReceivedAt })
  yield judgeReach({ url: url ?? 'any address', isNamed, isRunning }, answerer)
  if (answerer.kind === 'nobody' && !isRunning && !isNamed) yield* await checkPort(config.host, config.port)
  if (answerer.kind !== 'collector' || url === null) {
    if (ask.isProbing) yield unsent('no collector answers', 'Start it, or name its address with --url.')
    return
  }
  yield* await checkReady(url)
  const collector = await asked(ask)
  if ('check' in collector) {
    yield collector
    if (ask.isProbing) yield unsent('the secret key is not known here', 'Run it where the keys are, or set FOOTFALL_SECRET_KEY.')
    return
  }
  yield* await checkValidate(collector)
  if (ask.isProbing) yield* await checkProbe(collector)
}

/** Who asked for a probe is not told that all is well without one. */
const unsent = (because: string, advice: string): Finding => wrong('probe', `No event was sent: ${because}.`, advice)

async function asked(ask: DiagnoseAsk): Promise<AskedCollector | Finding> {
  try {
    return await askCollector(ask)
  } catch (cause) {
    return skipped('validate', reasonOf(cause))
  }
}

function proxiesIn({ trustedProxies = [] }: CollectorOptions): readonly string[] {
  const list = typeof trustedProxies === 'string' ? trustedProxies.split(',') : trustedProxies
  return list.map((network) => network.trim()).filter(Boolean)
}
