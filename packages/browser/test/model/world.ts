import type { ConsentPurpose, ConsentSnapshot, Purpose } from '@footfall/events'
import { allows } from '@footfall/events/purposes'
import { expect } from 'vitest'
import type { Tracker } from '../../src/index.ts'
import { readDevice } from '../device.ts'
import { type OpenPage, openPage } from '../open-page.ts'
import { check, type Expected, keyOfRecord } from './check.ts'
import { createModelCollector, type Weather } from './model-collector.ts'

export type Decisions = { readonly [P in ConsentPurpose]?: 'granted' | 'denied' }

/** What happens next. `tab` is a place for a page; a page is opened there when something happens in an empty one. */
export type Step =
  | { readonly kind: 'track'; readonly tab: number; readonly purpose: Purpose; readonly size: number }
  | { readonly kind: 'consent'; readonly tab: number; readonly decisions: Decisions }
  | { readonly kind: 'identify'; readonly tab: number; readonly user: string }
  | { readonly kind: 'reset' | 'flush' | 'hide' | 'leave' | 'die'; readonly tab: number }
  | { readonly kind: 'weather'; readonly weather: Weather }
  /** What hangs is decided: taken and receipted, taken without a receipt, or not taken. */
  | { readonly kind: 'decide'; readonly as: 'up' | 'loses receipts' | 'down' }
  /** The visitor's clock is set, to so many milliseconds beside the truth. */
  | { readonly kind: 'clock'; readonly offsetMs: number }
  | { readonly kind: 'pass'; readonly ms: number }

/** How much of what a step began is over before the next one: nothing, the task, or all that the device was asked for. */
export type Pause = 'none' | 'task' | 'idle'

interface Page {
  readonly open: OpenPage
  readonly tracker: Tracker
  readonly number: number
  readonly timers: Map<number, { readonly due: number; readonly run: () => void }>
  readonly held: Set<Expected>
  visitor: number
  isKilled?: boolean
}

const eventNames = {
  necessary: 'email_unsubscribed',
  analytics: 'product_added',
  marketing: 'ad_viewed',
  personalization: 'product_added',
} as const satisfies Record<Purpose, string>
/** As in the outbox. */
const patienceMs = 30_000
const asked = ['analytics', 'personalization', 'marketing'] as const
const everything = { analytics: 'granted', personalization: 'granted', marketing: 'granted' } as const
const nothing = { analytics: 'denied', personalization: 'denied', marketing: 'denied' } as const

const endOfTask = () => new Promise<void>((resolve) => setTimeout(resolve))

/** One device with some tabs, and a collector: real trackers on real storage, and a list of what has to come of it. */
export function createWorld(module: string) {
  const writeKey = `wk_${crypto.randomUUID()}`
  const consentKey = `footfall:${writeKey}:consent`
  const pages: (Page | undefined)[] = []
  const expected: Expected[] = []
  const decided: { [P in ConsentPurpose]?: string } = {}
  const dropped: Record<string, number> = {}
  const told: unknown[] = []
  let pagesMade = 0
  let eventsMade = 0
  let timersMade = 0
  let tick = 0
  let task = 0
  /** The last task after which everything was on the device. */
  let idleIn = 0
  let passed = 0
  let clockOffset = 0

  const collector = createModelCollector(() => ++tick)

  const consentOnDevice = () => JSON.parse(localStorage[consentKey] ?? '{}') as ConsentSnapshot
  const isAllowedOnDevice = (purpose: Purpose) => allows(consentOnDevice(), purpose)

  const release = (event: Expected) => {
    event.released = ++tick
    event.releasedIn = task
    event.order = event.wasHeld ? undefined : event.released
    if (!isAllowedOnDevice(event.purpose)) event.withdrawn ??= tick // the page has not heard yet
  }
  /** What becomes of an event in a page that thinks so about its purpose. */
  const settle = (event: Expected, state: string, held: Set<Expected>) => {
    held.delete(event)
    if (state === 'granted') release(event)
    else if (state === 'unknown') {
      held.add(event)
      event.wasHeld = true
    } else event.isForgone = true
  }
  const stateOf = (tracker: Tracker, purpose: Purpose) => (purpose === 'necessary' ? 'granted' : tracker.consent()[purpose])

  const open = async (): Promise<Page> => {
    const timers: Page['timers'] = new Map()
    const page = { number: ++pagesMade, timers, held: new Set(), visitor: 0 } as unknown as Page
    const opened = await openPage(module, collector.fake, (window) => {
      const { performance } = window
      // A page that is killed is told nothing.
      const silence = (event: Event) => page.isKilled && event.stopImmediatePropagation()
      for (const name of ['pagehide', 'visibilitychange']) window.addEventListener(name, silence, true)
      const now = performance.now.bind(performance)
      const dateNow = window.Date.now
      performance.now = () => now() + passed
      window.Date.now = () => dateNow() + passed + clockOffset
      const { setTimeout } = window
      window.setTimeout = ((run: () => void, ms = 0) => {
        // For how long the device is waited for is no part of the model.
        if (ms === patienceMs) return setTimeout(run, ms)
        timers.set(++timersMade, { due: passed + ms, run })
        return timersMade
      }) as typeof window.setTimeout
      window.clearTimeout = (timer) => timers.delete(timer as number)
    })
    const tracker = opened.createTracker({ endpoint: collector.fake.endpoint, writeKey })
    Object.assign(page, { open: opened, tracker })
    tracker.on('consent', () => {
      for (const event of [...page.held]) settle(event, stateOf(tracker, event.purpose), page.held)
    })
    tracker.on('drop', (reason, count) => {
      dropped[reason] = (dropped[reason] ?? 0) + count
    })
    // A frame that is gone may still be told that its device is: a tab that is gone is told nothing.
    tracker.on('error', (error) => pages.includes(page) && told.push([error.code, error.message, String(error.cause)]))
    return page
  }
  const pageIn = async (tab: number): Promise<Page> => {
    if (!pages[tab]) {
      pages[tab] = await open()
      task++
    }
    return pages[tab]
  }
  const isOpen = (page: Page | undefined): page is Page => page !== undefined

  const track = ({ tracker, number, held, visitor }: Page, purpose: Purpose, size: number) => {
    const key = `${++eventsMade}`
    const event: Expected = { key, purpose, page: number, visitor }
    expected.push(event)
    settle(event, stateOf(tracker, purpose), held)
    tracker.track(eventNames[purpose], { key, note: 'x'.repeat(size) } as never)
  }
  const consent = (page: Page, decisions: Decisions) => {
    const before = page.tracker.consent()
    const onDevice = consentOnDevice()
    Object.assign(decided, decisions)
    // The record of a grant or a withdrawal is an event as well. It is made inside the call.
    const isWithdrawal = asked.some((purpose) => before[purpose] === 'granted' && decisions[purpose] === 'denied')
    const after = page.tracker.consent(decisions)
    for (const purpose of asked) {
      if (onDevice[purpose] !== 'granted' || isAllowedOnDevice(purpose)) continue
      for (const event of expected) {
        if (event.purpose === purpose && event.released) event.withdrawn ??= ++tick
        // A withdrawal empties the spools of all pages, of other purposes too: findings.browser.test.ts.
        if (event.isSpooled) event.isForgone = true
      }
    }
    expect(consentOnDevice(), 'what was decided').toMatchObject(decided)
    if (isWithdrawal) page.visitor++
    const isDecided = JSON.stringify(consentOnDevice()) !== JSON.stringify(onDevice)
    const isTakenBack = asked.some((purpose) => onDevice[purpose] === 'granted' && decisions[purpose] === 'denied')
    if (!isDecided || !(isTakenBack || asked.some((purpose) => after[purpose] === 'granted'))) return
    const key = keyOfRecord({ ...after }, after.record_id, onDevice.record_id)
    // That of a grant waits no longer than the grant stands.
    const purpose = isWithdrawal ? 'necessary' : (asked.find((purpose) => after[purpose] === 'granted') ?? 'necessary')
    const record: Expected = { key, purpose, page: page.number, visitor: page.visitor }
    expected.push(record)
    release(record)
  }
  const close = (tab: number, isDeath: boolean) => {
    const page = pages[tab]
    if (!page) return
    pages[tab] = undefined
    for (const event of page.held) event.isForgone = true
    page.isKilled = isDeath
    page.open.close()
    for (const event of expected) {
      if (event.page !== page.number || event.releasedIn === undefined) continue
      event.isSpooled = event.releasedIn > idleIn
      if (isDeath && event.releasedIn === task) event.isForgone = true
    }
  }
  /** Everything that the device was asked for so far is done. */
  const idle = async () => {
    for (let round = 0; round < 4; round++) {
      await endOfTask()
      await readDevice(writeKey)
    }
    idleIn = task++
  }

  const waitingOnDevice = async () => ((await readDevice(writeKey)).queue ?? []).filter((key) => key !== '#')

  const run = async (step: Step): Promise<void> => {
    switch (step.kind) {
      case 'track':
        return track(await pageIn(step.tab), step.purpose, step.size)
      case 'consent':
        return consent(await pageIn(step.tab), step.decisions)
      case 'identify': {
        const page = await pageIn(step.tab)
        return page.tracker.identify(step.user)
      }
      case 'reset': {
        const page = await pageIn(step.tab)
        page.visitor++
        return page.tracker.reset()
      }
      case 'flush':
        void (await pageIn(step.tab)).tracker.flush()
        return
      case 'hide': {
        const { window } = (await pageIn(step.tab)).open
        window.document.dispatchEvent(new Event('visibilitychange'))
        return
      }
      case 'leave':
      case 'die':
        return close(step.tab, step.kind === 'die')
      case 'weather':
        return collector.become(step.weather)
      case 'decide':
        return collector.decide(step.as)
      case 'clock':
        clockOffset = step.offsetMs
        return
      case 'pass': {
        await idle()
        passed += step.ms
        for (const page of pages.filter(isOpen)) {
          for (const [timer, { due, run: ring }] of page.timers) {
            if (due > passed) continue
            page.timers.delete(timer)
            ring()
            await endOfTask()
          }
        }
        task++
      }
    }
  }
  const pause = async (length: Pause) => {
    if (length === 'idle') await idle()
    if (length === 'task') {
      await endOfTask()
      task++
    }
  }

  /** The collector is up again, the visitor has decided, and a page flushes until nothing waits. */
  const end = async (decisions: Decisions) => {
    collector.become('up')
    collector.decide('down')
    await idle()
    const page = await open()
    consent(page, decisions)
    const all = [...pages.filter(isOpen), page]
    pages.push(page)
    for (let round = 0; round < 10; round++) {
      await run({ kind: 'pass', ms: 400 })
      await idle()
      for (const { tracker } of all) await tracker.flush()
      // A mark that something waits may outlive it until the next flush of the page that made it.
      const { keys } = await readDevice(writeKey)
      if ((await waitingOnDevice()).length === 0 && !keys.some((key) => key.startsWith('spool'))) break
    }
    expect(await waitingOnDevice(), 'what still waits').toEqual([])
  }
  return {
    writeKey,
    pause,
    run,
    end,
    check: () => check({ ...collector, isOrdered: collector.isOrdered(), expected, dropped, told }),
    idle,
    everything,
    nothing,
    hasVisitor: () => localStorage[`footfall:${writeKey}:visitor`] !== undefined,
    device: () => readDevice(writeKey),
    closeAll() {
      for (const tab of pages.keys()) close(tab, false)
    },
  }
}
