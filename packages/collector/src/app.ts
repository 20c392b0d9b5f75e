import { limits } from '@footfall/events'
import { type Context, Hono } from 'hono'
import type { Config, Project } from './config.ts'
import { problemResponse, type Refusal, refusalOf, refuse } from './errors.ts'
import { cursorOf, eventsQuery, pageQuery } from './events-query.ts'
import { type IdCookie, type Keeping, mayBeGivenBack } from './id-cookie.ts'
import { bearerProject, isAllowedOrigin, isForUs, type Keyring, needsSecretKey } from './ingest/authenticate.ts'
import type { Ingest } from './ingest/ingest.ts'
import { type Peer, peerOf } from './ingest/peer.ts'
import { receive } from './ingest/receive.ts'
import type { Recorded } from './ingest/take-consent.ts'
import type { Limits } from './limits/limits.ts'
import type { LiveHub } from './live.ts'
import { liveResponse } from './live-routes.ts'
import type { Rates } from './normalise/rates.ts'
import type { Readiness } from './ops/health.ts'
import type { Metrics } from './ops/metrics.ts'
import { takePixel } from './pixel.ts'
import type { Erasure } from './privacy/erasure.ts'
import { eraseSubject, exportSubject, type SubjectPorts } from './privacy/subjects-routes.ts'
import type { ReplayOutcome } from './quarantine/replay.ts'
import { listQuarantine, purgeQuarantine, replayQuarantine, showQuarantined } from './quarantine/routes.ts'
import type { Registries } from './registry/registries.ts'
import { deleteAlias, deleteSource, listAliases, listSources, putAlias, putSource } from './registry/routes.ts'
import { completenessResponse, consentResponse, qualityResponse, trafficResponse } from './reports/routes.ts'
import type { Reprocessed } from './reprocess/reprocess.ts'
import { reprocessEvents } from './reprocess/routes.ts'
import type { SessionCookie } from './session-cookie.ts'
import type { Store } from './sinks/sink.ts'
import { type Asset, type Assets, assetResponse } from './static.ts'

/** Everything the routes lead to. */
export interface AppPorts {
  readonly config: Config
  readonly keyring: Keyring
  readonly ingest: Ingest
  readonly takeConsent: (c: Context, peer: Peer) => Promise<Recorded>
  readonly limits: Pick<Limits, 'request'>
  readonly store: Store
  readonly registries: Registries
  readonly live: LiveHub
  readonly metrics: Metrics
  /** Refuses whoever may not read the metrics. */
  readonly checkMetricsAccess: (authorization: string | undefined, peer: Peer) => Refusal | null
  readonly readiness: () => Promise<Readiness>
  readonly assets: Assets
  readonly session: SessionCookie
  readonly idCookie: IdCookie
  /** What `/openapi.json` holds. */
  readonly openapi: () => string
  readonly isClosing: () => boolean
  readonly now: () => number
  /** Hear that somebody's data was given out, or erased. */
  readonly onExport: (project: Project) => void
  readonly onErasure: (project: Project, erasure: Erasure) => void
  /** The exchange rates in force. */
  readonly rates: () => Rates | null
  /** Hear that events that were kept aside were judged again, or removed. */
  readonly onReplay: (project: Project, outcome: ReplayOutcome) => void
  readonly onPurge: (project: Project, rows: number) => void
  /** Hears that stored events were given the meaning that their names have today. */
  readonly onReprocess: (project: Project, done: Reprocessed) => void
  /** Hears that a picture was shown and what it told of is lost. */
  readonly onLost: (code: string) => void
  /** Hears of every refused request: its route and code. */
  readonly onRefusal: (route: string, code: string) => void
  /** Hears of what nobody expected. */
  readonly onError: (route: string, error: unknown) => void
}

/** A path that takes events. */
interface EventsPath {
  readonly path: string
  /** The project whose own it is; `null`: it is everybody's. */
  readonly pathOf: Project | null
  /** Whose pages may read its answers. */
  readonly writers: readonly Project[]
}

/** The collector's routes, and nothing else. No middleware for `*`: in a host's app it would act on the host's own routes. */
export function createApp(ports: AppPorts): Hono {
  const { config, store, live } = ports
  const app = new Hono()
  const subjects: SubjectPorts = { ...ports, onError: (error) => ports.onError('/v1/subjects/:id', error) }

  takeEventsAt('/v1/events', null)
  if (config.path !== null) takeEventsAt(config.path, null)
  for (const project of config.projects) if (project.path !== null) takeEventsAt(project.path, project)
  app.post('/v1/validate', (c) => limited(c, (from) => validateEvents(c, from)))
  app.get('/v1/pixel.gif', (c) => takePixel(c, peer(c), ports))
  app.options('/v1/consent', (c) => preflight(c, config.projects))
  app.post('/v1/consent', (c) => limited(c, (from) => takeConsent(c, from), config.projects))
  app.get('/v1/consent/:subject', (c) => asReader(c, (project) => showConsent(c, project)))
  app.get('/v1/events', (c) => asReader(c, (project) => listEvents(c, project)))
  app.get('/v1/subjects/:id', (c) => asReader(c, (project) => exportSubject(c, project, subjects)))
  app.delete('/v1/subjects/:id', (c) => asKeyHolder(c, (project) => erasePerson(c, project)))
  app.get('/v1/live', (c) => asReader(c, async (project) => liveResponse(c, live, project)))
  app.get('/v1/quarantine', (c) => asReader(c, (project) => listQuarantine(c, project, ports)))
  app.get('/v1/quarantine/:key', (c) => asReader(c, (project) => showQuarantined(c, project, ports)))
  app.post('/v1/quarantine/replay', (c) => asEditor(c, (project) => replayQuarantine(c, project, ports)))
  app.delete('/v1/quarantine', (c) => asEditor(c, (project) => purgeQuarantine(c, project, ports)))
  app.get('/v1/sources', (c) => asReader(c, (project) => listSources(c, project, ports)))
  app.put('/v1/sources/:id', (c) => asEditor(c, (project) => putSource(c, project, ports)))
  app.delete('/v1/sources/:id', (c) => asEditor(c, (project) => deleteSource(c, project, ports)))
  app.get('/v1/aliases', (c) => asReader(c, (project) => listAliases(c, project, ports)))
  app.put('/v1/aliases/:from', (c) => asEditor(c, (project) => putAlias(c, project, ports)))
  app.delete('/v1/aliases/:from', (c) => asEditor(c, (project) => deleteAlias(c, project, ports)))
  app.get('/v1/reports/traffic', (c) => asReader(c, (project) => trafficResponse(c, store, project, ports.now())))
  app.get('/v1/reports/completeness', (c) => asReader(c, (project) => completenessResponse(c, store, project, ports.now())))
  app.post('/v1/reprocess', (c) => asEditor(c, (project) => reprocess(c, project)))
  app.get('/v1/reports/quality', (c) => asReader(c, (project) => qualityResponse(c, store, project, ports.now())))
  app.get('/v1/reports/consent', (c) => asReader(c, (project) => consentResponse(c, store, project, ports.now())))

  app.get('/.well-known/gpc.json', (c) => c.json({ gpc: true, lastUpdate: gpcSince }, 200, asTyped))
  app.get('/livez', (c) => c.json({ status: 'alive' }, 200, asTyped))
  app.get('/readyz', (c) => answer(c, () => readyz()))
  app.get('/metrics', (c) => limited(c, (from) => metricsText(c, from)))
  app.get('/openapi.json', (c) => answer(c, async () => apiText()))

  app.get('/footfall.js', (c) => answer(c, async () => trackerFile(c, null)))
  app.get('/footfall/:file', (c) => answer(c, async () => tagFile(c, c.req.param('file'))))
  app.get('/footfall/:version/footfall.js', (c) => answer(c, async () => trackerFile(c, c.req.param('version'))))
  app.get('/reports', (c) => c.redirect(`${c.req.path}/`, 308))
  app.get('/reports/', (c) => answer(c, async () => reportsFile(c, 'index.html')))
  app.post('/reports/session', (c) => limited(c, (from) => signIn(c, from)))
  app.delete('/reports/session', (c) => answer(c, async () => signOut(c)))
  app.get('/reports/:file', (c) => answer(c, async () => reportsFile(c, c.req.param('file'))))

  // A host keeps its own answer to unknown routes; faults of our routes are ours there, too.
  app.notFound((c) => {
    const allowed = methodsAt(c.req.path)
    if (allowed.length === 0)
      return problemResponse(refuse('not_found', 'There is no such route; see /openapi.json for those that exist.'))
    const allow = allowed.join(', ')
    return problemResponse(refuse('method_not_allowed', `This route takes ${allow}; see /openapi.json.`), { allow })
  })
  app.onError((error, c) => {
    ports.onError(c.req.routePath, error)
    return problemResponse(refuse('internal', 'The collector made a mistake; its log says more.'))
  })
  return app

  /** @param pathOf the project whose own path it is; `null`: it is everybody's */
  function takeEventsAt(path: string, pathOf: Project | null): void {
    const writers = pathOf === null ? config.projects : [pathOf]
    app.options(path, (c) => preflight(c, writers))
    app.post(path, (c) => limited(c, (from) => takeEvents(c, from, { path, pathOf, writers }), writers))
  }

  /**
   * Answers what writes, tries or signs in, unless too much of that comes from there: before a body is read.
   *
   * @param writers whose pages may read the answer
   */
  function limited(
    c: Context,
    act: (from: Peer) => Promise<Response | Refusal>,
    writers: readonly Project[] | null = null,
  ): Promise<Response> {
    const from = peer(c)
    const headers = writers === null ? {} : corsHeaders(c, from, writers)
    return answer(c, async () => ports.limits.request(from) ?? act(from), headers)
  }

  async function answer(
    c: Context,
    act: () => Promise<Response | Refusal>,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Response> {
    try {
      const result = await act()
      if (result instanceof Response) return result
      ports.onRefusal(c.req.routePath, result.code)
      return problemResponse(result, headers)
    } catch (error) {
      ports.onError(c.req.routePath, error)
      return problemResponse(refusalOf(error), headers)
    }
  }

  async function takeEvents(c: Context, from: Peer, { path, pathOf, writers }: EventsPath): Promise<Response | Refusal> {
    if (ports.isClosing()) return refuse('closing', 'The collector is shutting down; send this request again later.', 1000)
    const ingested = await ports.ingest.take(c, from, pathOf)
    if (ingested.kind === 'refused') return ingested
    const { receipt, project } = ingested
    // A batch of nothing asks for the id: a tracker that finds none on the device may have lost it, or begin anew.
    const isAsking = receipt.accepted + receipt.duplicate + receipt.quarantined + receipt.rejected === 0
    const kept = isAsking ? ports.idCookie.read(c, from) : null
    const isTheirs = kept === null ? null : await mayHearOf(kept)
    const anonymousId = isTheirs === true ? kept : null
    const keeping: Keeping = isTheirs === false ? { kind: 'forget' } : ingested.keeping
    ports.idCookie.update(c, from, keeping, keeping?.kind === 'forget' ? eventPaths(c, path) : [c.req.path])
    return receiptResponse(
      c,
      anonymousId === null ? receipt : { ...receipt, anonymous_id: anonymousId },
      corsHeaders(c, from, writers),
    )

    /** `null` where the ledger cannot be asked now: what came is durable, and must not be sent again for that. */
    async function mayHearOf(id: string): Promise<boolean | null> {
      try {
        return await mayBeGivenBack(store, project, id)
      } catch (cause) {
        ports.onError(c.req.routePath, cause)
        return null
      }
    }
  }

  async function validateEvents(c: Context, from: Peer): Promise<Response | Refusal> {
    if (ports.isClosing()) return refuse('closing', 'The collector is shutting down; send this request again later.', 1000)
    const validated = await ports.ingest.validate(c, from)
    return validated.kind === 'refused' ? validated : privateJson(validated.validation)
  }

  async function takeConsent(c: Context, from: Peer): Promise<Response | Refusal> {
    if (ports.isClosing()) return refuse('closing', 'The collector is shutting down; send this request again later.', 1000)
    const recorded = await ports.takeConsent(c, from)
    if (recorded.kind === 'refused') return recorded
    ports.idCookie.update(c, from, recorded.keeping, eventPaths(c, '/v1/consent'))
    return receiptResponse(c, recorded.receipt, corsHeaders(c, from, config.projects))
  }

  /** Where events are taken, seen from the root of the host: the collector may be mounted under a path of it. */
  function eventPaths(c: Context, route: string): readonly string[] {
    const base = c.req.path.slice(0, -route.length)
    const paths = ['/v1/events', config.path, ...config.projects.map(({ path }) => path)]
    return paths.flatMap((path) => (path === null ? [] : [base + path]))
  }

  function receiptResponse(c: Context, receipt: object, cors: Readonly<Record<string, string>>): Response {
    const headers = {
      ...cors,
      'content-type': 'application/json',
      'cache-control': 'no-store',
      ...asTyped,
    }
    return c.body(JSON.stringify(receipt), 200, headers)
  }

  /** Says to a browser that its page may read the answer: pages of listed origins and of our own host, one by one, never with cookies. */
  function corsHeaders(c: Context, from: Peer, writers: readonly Project[]): Readonly<Record<string, string>> {
    const origin = c.req.header('origin')
    if (origin === undefined || !mayWrite(origin, from, writers)) return { vary: 'Origin' }
    return { vary: 'Origin', 'access-control-allow-origin': origin, 'access-control-expose-headers': 'Retry-After' }
  }

  function preflight(c: Context, writers: readonly Project[]): Response {
    const headers = corsHeaders(c, peer(c), writers)
    if (!('access-control-allow-origin' in headers)) return new Response(null, { status: 204, headers })
    return new Response(null, {
      status: 204,
      headers: {
        ...headers,
        'access-control-allow-methods': 'POST',
        'access-control-allow-headers': 'Content-Type, Content-Encoding',
        'access-control-max-age': '86400',
      },
    })
  }

  // On a path that is everybody's, the project is known only once the body is read: until then any one's pages may hear of a problem.
  function mayWrite(origin: string, from: Peer, writers: readonly Project[]): boolean {
    return writers.some(({ origins }) => isAllowedOrigin(origin, from, origins))
  }

  function methodsAt(path: string): readonly string[] {
    const known = new Set(app.routes.map(({ method }) => method))
    const found = [...known].filter((method) => app.router.match(method, path)[0].length > 0)
    return found.includes('GET') ? [...found, 'HEAD'] : found
  }

  function peer(c: Context): Peer {
    return peerOf(c, config.trustedProxies)
  }

  /** Runs what needs the secret key: in the Authorization header, or as the reports page's cookie. */
  function asReader(c: Context, act: (project: Project) => Promise<Response | Refusal>): Promise<Response> {
    return asProject(c, isForUs(c.req.header('authorization')) ? bearer(c) : ports.session.read(c), act)
  }

  /** Runs what changes something: a cookie, which a browser sends by itself, is not enough. */
  function asKeyHolder(c: Context, act: (project: Project) => Promise<Response | Refusal>): Promise<Response> {
    return asProject(c, bearer(c), act)
  }

  /** Runs what the reports page may change: its cookie counts only with the origin of this very host, which no other page can claim. */
  function asEditor(c: Context, act: (project: Project) => Promise<Response | Refusal>): Promise<Response> {
    if (isForUs(c.req.header('authorization'))) return asProject(c, bearer(c), act)
    const origin = c.req.header('origin')
    const isOwnPage = origin !== undefined && isAllowedOrigin(origin, peer(c), [])
    return asProject(c, isOwnPage ? ports.session.read(c) : null, act)
  }

  function bearer(c: Context): Project | Refusal {
    return bearerProject(ports.keyring, c.req.header('authorization'), peer(c))
  }

  function asProject(
    c: Context,
    project: Project | Refusal | null,
    act: (project: Project) => Promise<Response | Refusal>,
  ): Promise<Response> {
    if (project !== null && !isRefusal(project)) return answer(c, () => act(project))
    return answer(c, async () => project ?? needsSecretKey, { 'www-authenticate': 'Bearer realm="footfall"' })
  }

  async function listEvents(c: Context, project: Project): Promise<Response | Refusal> {
    const query = eventsQuery(c, project)
    if (query.kind === 'refused') return query
    await store.ready
    const ask = query.of === 'quarantine' ? store.quarantine : store.events
    const { rows, next } = await ask(query.filter, query.page)
    return privateJson({ events: rows, next: cursorOf(next) })
  }

  /** Whoever asks may have to prove it: nothing is left out but the id itself, which the ledger does not know. */
  async function showConsent(c: Context, project: Project): Promise<Response | Refusal> {
    const page = pageQuery(c)
    if ('kind' in page) return page
    const subject = c.req.param('subject') ?? ''
    if (subject.length > limits.maxIdLength) {
      return refuse('bad_parameter', `No id is longer than ${limits.maxIdLength} characters.`)
    }
    await store.ready
    const history = await store.consentOf(project.id, subject, page)
    return privateJson({ ...history, next: cursorOf(history.next) })
  }

  async function erasePerson(c: Context, project: Project): Promise<Response | Refusal> {
    if (ports.isClosing()) return refuse('closing', 'The collector is shutting down; send this request again later.', 1000)
    const answered = await eraseSubject(c, project, subjects)
    // What was shown last may be about them, and is only for the eye.
    live.forget(project.id)
    return answered
  }

  async function reprocess(c: Context, project: Project): Promise<Response | Refusal> {
    if (ports.isClosing()) return refuse('closing', 'The collector is shutting down; send this request again later.', 1000)
    return reprocessEvents(c, project, ports)
  }

  async function readyz(): Promise<Response> {
    const readiness = await ports.readiness()
    return Response.json(readiness, {
      status: readiness.status === 'ready' ? 200 : 503,
      headers: { 'cache-control': 'no-store', ...asTyped },
    })
  }

  function apiText(): Response {
    return new Response(ports.openapi(), { headers: { 'content-type': 'application/json', ...asTyped } })
  }

  async function metricsText(c: Context, from: Peer): Promise<Response | Refusal> {
    const refused = ports.checkMetricsAccess(c.req.header('authorization'), from)
    if (refused !== null) return refused
    const { text, contentType } = ports.metrics
    return new Response(await text(), {
      headers: { 'content-type': contentType, 'cache-control': 'no-store', ...asTyped },
    })
  }

  function trackerFile(c: Context, version: string | null): Response | Refusal {
    const asset = ports.assets.tracker()
    if (isRefusal(asset)) return asset
    if (version !== null && version !== asset.version)
      return refuse('not_found', 'This version of the tracker is not here; use /footfall.js.')
    return scriptResponse(c, asset, version === null ? 'public, max-age=3600' : 'public, max-age=31536000, immutable')
  }

  function tagFile(c: Context, file: string): Response | Refusal {
    const asset = ports.assets.tag(file)
    return isRefusal(asset) ? asset : scriptResponse(c, asset, 'public, max-age=3600')
  }

  function scriptResponse(c: Context, asset: Asset, cacheControl: string): Response {
    return assetResponse(asset, c.req.raw, {
      'cache-control': cacheControl,
      // Script tags with `integrity` load it in CORS mode from other origins; there is nothing secret in it.
      'access-control-allow-origin': '*',
      'cross-origin-resource-policy': 'cross-origin',
    })
  }

  function reportsFile(c: Context, file: string): Response | Refusal {
    const asset = ports.assets.reports(file)
    return isRefusal(asset) ? asset : assetResponse(asset, c.req.raw, { 'cache-control': 'no-cache', ...pageHeaders })
  }

  async function signIn(c: Context, from: Peer): Promise<Response | Refusal> {
    if (!isAllowedOrigin(c.req.header('origin'), from, [])) {
      return refuse('origin_not_allowed', 'Sign in from the reports page of this collector.')
    }
    const body = await receive(c, 4096)
    if (body.kind === 'refused') return body
    const project = ports.keyring.bySecretKey(secretKeyIn(body.bytes), from)
    if (isRefusal(project)) {
      if (project.code !== 'wrong_secret_key') return project
      return refuse(
        'wrong_secret_key',
        'This is not the secret key; it was printed at the first start and stands in keys.json in the data folder.',
      )
    }
    ports.session.set(c, project, from.isHttps)
    return c.body(null, 204)
  }

  function signOut(c: Context): Response {
    ports.session.clear(c)
    return c.body(null, 204)
  }
}

/** Since when the opt-out signal has been honoured as it is now. @see https://w3c.github.io/gpc/#gpc-support-resource */
const gpcSince = '2026-11-22'

const isRefusal = (found: Asset | Project | Refusal): found is Refusal => 'kind' in found

/** No browser may take an answer for anything but what its type says: people's texts are in most of them. */
const asTyped = { 'x-content-type-options': 'nosniff' }

const privateJson = (value: unknown): Response => Response.json(value, { headers: { 'cache-control': 'no-store', ...asTyped } })

/** Everything on the page comes from hostile clients: nothing but our own files may run or be shown. */
const pageHeaders = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; " +
    "form-action 'self'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-frame-options': 'DENY',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
}

function secretKeyIn(bytes: Uint8Array): string {
  try {
    const body: unknown = JSON.parse(Buffer.from(bytes).toString())
    const key = typeof body === 'object' && body !== null && 'secret_key' in body ? body.secret_key : ''
    return typeof key === 'string' ? key : ''
  } catch {
    return '' // no key at all, which is as wrong as any other
  }
}
