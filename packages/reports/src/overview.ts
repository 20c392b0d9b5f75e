import type { LiveMessage, TrafficAnswer } from '@footfall/collector/reports'
import { createAnnouncer } from './announcer.ts'
import { createCharts } from './charts.ts'
import type { Client, Outcome } from './client.ts'
import { createCompleteness } from './completeness.ts'
import { createConsent } from './consent.ts'
import { createDataQuality } from './data-quality.ts'
import { element } from './dom.ts'
import { createFirstEvent } from './first-event.ts'
import { formatDays, formatTime } from './format.ts'
import { icon } from './icons.ts'
import { createLive } from './live.ts'
import { type ConnectionState, openLiveStream } from './live-stream.ts'
import { daysOf, defaultPeriod, type Period, readPeriod, todayIn, writePeriod } from './period.ts'
import { createPeriodChooser } from './period-chooser.ts'
import { createAccounting, createTotals } from './totals.ts'

/** A whole page in the place where pages stand. */
export interface View {
  readonly root: HTMLElement
  close(): void
}

export interface OverviewOptions {
  readonly client: Client
  /** The collector's answer for its default period, asked for to find out whether the person is signed in. */
  readonly first: Outcome<TrafficAnswer>
  /** Says a sentence to people who listen to the page. */
  readonly announce: (sentence: string) => void
  readonly onSignedOut: (notice: string) => void
}

// While events pour in, the figures follow at this pace: fresh enough to see an order land, calm enough to read.
const refreshAfterMs = 5000
const announceEveryMs = 10_000

/** The views, by the fragment of the address. */
const views = { '#traffic': 'Traffic', '#quality': 'Data quality' } as const

/** The page of someone who is signed in: figures of a period, and what arrives right now. */
export function createOverview({ client, first, announce, onSignedOut }: OverviewOptions): View {
  const now = () => new Date()
  const closing = new AbortController()
  let period = readPeriod(location.search)
  let latest: TrafficAnswer | undefined
  let asked = 0
  let refreshTimer: number | undefined
  const timeZone = () => latest?.time_zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone

  const chooser = createPeriodChooser((chosen) => {
    history.pushState(null, '', writePeriod(chosen) + location.hash)
    choose(chosen)
  })
  const totals = createTotals()
  const accounting = createAccounting()
  const completeness = createCompleteness()
  const consent = createConsent()
  const charts = createCharts({ now, csvUrlOf: (traffic) => client.trafficCsvUrl(traffic) })
  const guide = createFirstEvent({ client, announce, makeId })
  const live = createLive({ timeZone })
  const announcer = createAnnouncer({
    everyMs: announceEveryMs,
    say: announce,
    setTimer: (callback, ms) => setTimeout(callback, ms),
    clearTimer: (timer) => clearTimeout(timer),
  })
  const span = element('p', { class: 'span' })
  const heading = element('h1', { tabindex: -1 })
  const links = Object.entries(views).map(([href, word]) => element('a', { href }, word))
  const dataQuality = createDataQuality({ client, timeZone, onChanged: () => load(), onSignedOut: () => onSignedOut(ended) })
  const fault = createFault(() => load())
  const figures = element(
    'div',
    { class: 'period-figures', hidden: true },
    totals.root,
    element('div', { class: 'side-by-side' }, charts.root, accounting.root),
    completeness.root,
    consent.root,
  )
  const head = element('div', { class: 'page-head' }, element('div', {}, heading, span), chooser.root)
  const trafficView = element('div', { class: 'details' }, guide.root, figures, live.root)
  guide.root.hidden = true
  const signOut = element('button', { type: 'button', class: 'button quiet' }, icon('leave'), 'Sign out')
  const main = element(
    'main',
    { id: 'content', tabindex: -1 },
    head,
    fault.root,
    dataQuality.trust,
    trafficView,
    dataQuality.root,
  )
  const root = element(
    'div',
    { class: 'overview' },
    element(
      'header',
      { class: 'site-head' },
      element('p', { class: 'brand' }, icon('door'), 'Footfall'),
      element('nav', { 'aria-label': 'Views' }, ...links),
      signOut,
    ),
    element('div', { class: 'progress', 'aria-hidden': 'true' }),
    main,
  )

  const choose = (chosen: Period) => {
    period = chosen
    chooser.show(period, latest)
    void load()
  }

  /** Any other fragment, such as that of the skip link, stays where it is. */
  const showView = () => {
    const hash = location.hash || '#traffic'
    const word = new Map<string, string>(Object.entries(views)).get(hash)
    if (word === undefined && heading.textContent !== '') return
    const isQuality = hash === '#quality'
    heading.textContent = word ?? views['#traffic']
    document.title = `${heading.textContent} · Footfall`
    trafficView.hidden = isQuality
    root.dataset.view = hash.slice(1)
    if (isQuality) dataQuality.open()
    else dataQuality.close()
    for (const link of links) {
      if (link.textContent === heading.textContent) link.setAttribute('aria-current', 'page')
      else link.removeAttribute('aria-current')
    }
  }

  const load = async () => {
    asked += 1
    const mine = asked
    isBusy(true)
    const outcome = await ask()
    // A later question has been asked meanwhile, or the page is gone: this answer is nobody's.
    if (mine !== asked || closing.signal.aborted) return
    isBusy(false)
    show(outcome)
  }

  const ask = async (): Promise<Outcome<TrafficAnswer>> => {
    if (isDefault(period)) return client.traffic()
    if (latest === undefined) {
      // "The last 7 days" needs to know which day it is in the shop, and only the collector knows where the shop is.
      const outcome = await client.traffic()
      if (outcome.kind !== 'ok') return outcome
      latest = outcome.value
    }
    return client.traffic(daysOf(period, todayIn(latest.time_zone, now())))
  }

  const show = (outcome: Outcome<TrafficAnswer>) => {
    switch (outcome.kind) {
      case 'refused':
        return onSignedOut(ended)
      case 'failed':
        return fault.show(outcome.sentence)
      case 'ok':
        fault.clear()
        return showTraffic(outcome.value)
    }
  }

  const showTraffic = (traffic: TrafficAnswer) => {
    const isEmpty = traffic.totals.first_received_at === null
    if (!isEmpty && !guide.root.hidden) announce('The first event has arrived.')
    latest = traffic
    guide.root.hidden = !isEmpty
    figures.hidden = isEmpty
    chooser.root.hidden = isEmpty
    span.textContent = isEmpty
      ? 'Your collector is running.'
      : `${formatDays(traffic.from, traffic.to)} · ${traffic.time_zone} time · as\u00a0of\u00a0${formatTime(now().toISOString(), traffic.time_zone)}`
    chooser.show(period, traffic)
    dataQuality.show(traffic)
    if (isEmpty) return
    totals.show(traffic)
    accounting.show(traffic)
    charts.show(traffic)
    void showBeside(traffic)
  }

  const showBeside = async (traffic: TrafficAnswer) => {
    const [complete, consented] = await Promise.all([client.completeness(traffic), client.consent(traffic)])
    if (latest !== traffic) return
    completeness.show(complete)
    consent.show(consented)
  }

  const isBusy = (busy: boolean) => {
    root.classList.toggle('is-busy', busy)
    main.setAttribute('aria-busy', String(busy))
  }

  const refreshSoon = () => {
    refreshTimer ??= setTimeout(() => {
      refreshTimer = undefined
      if (!document.hidden) void load()
    }, refreshAfterMs)
  }

  const onMessage = (message: LiveMessage, about: { readonly isReplay: boolean }) => {
    live.add(message, about)
    if (!about.isReplay) announcer.add(message.events)
    const refused = message.events.findLast(({ status }) => status !== 'accepted')
    if (guide.root.hidden) return refreshSoon()
    if (refused !== undefined) guide.showRefused(refused)
    void load()
  }

  const onState = (state: ConnectionState) => {
    live.showState(state)
    // The collector is back: do not make the person press the button.
    if (state === 'connected' && fault.isShown()) void load()
  }
  const stream = openLiveStream(
    client.liveUrl,
    { onState, onMessage, onRefused: () => void load() },
    {
      open: (url) => new EventSource(url),
      setTimer: (callback, ms) => setTimeout(callback, ms),
      clearTimer: (timer) => clearTimeout(timer),
      random: Math.random,
    },
  )

  const { signal } = closing
  signOut.addEventListener('click', async () => {
    const outcome = await client.signOut()
    if (outcome.kind === 'failed') fault.show(outcome.sentence)
    else onSignedOut('You are signed out.')
  })
  addEventListener(
    'popstate',
    () => {
      showView()
      const chosen = readPeriod(location.search)
      if (writePeriod(chosen) !== writePeriod(period)) choose(chosen)
    },
    { signal },
  )
  // A cut cable makes no error for minutes; the browser's own word is faster.
  addEventListener('offline', () => live.showState('reconnecting'), { signal })
  addEventListener('online', () => stream.reconnect(), { signal })
  // An open connection would keep the page out of the back/forward cache.
  addEventListener('pagehide', () => stream.close(), { signal })
  addEventListener('pageshow', ({ persisted }) => persisted && stream.reconnect(), { signal })
  document.addEventListener('visibilitychange', () => !document.hidden && refreshSoon(), { signal })

  showView()
  chooser.show(period, undefined)
  if (first.kind === 'ok') latest = first.value
  if (first.kind !== 'ok' || isDefault(period)) show(first)
  else void load()

  return {
    root,
    close() {
      closing.abort()
      clearTimeout(refreshTimer)
      announcer.clear()
      stream.close()
      charts.close()
    },
  }
}

const isDefault = (period: Period): boolean =>
  period.kind === 'last' && defaultPeriod.kind === 'last' && period.days === defaultPeriod.days

const ended = 'Your session has ended. Sign in again.'

interface Fault {
  readonly root: HTMLElement
  show(sentence: string): void
  isShown(): boolean
  clear(): void
}

/** What went wrong, as a sentence, and a way to try again. */
function createFault(retry: () => Promise<void>): Fault {
  const said = element('p')
  const again = element('button', { type: 'button', class: 'button' }, icon('retry'), 'Try again')
  const root = element('div', { class: 'notice is-fault', role: 'alert', hidden: true }, icon('warning'), said, again)
  again.addEventListener('click', () => void retry())
  return {
    root,
    show(sentence) {
      said.textContent = sentence
      root.hidden = false
    },
    isShown: () => !root.hidden,
    clear() {
      root.hidden = true
    },
  }
}

// `crypto.randomUUID` exists only on https and on the machine itself; this page also works over plain http in an office.
function makeId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}
