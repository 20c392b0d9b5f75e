import { setTimeout as nap } from 'node:timers/promises'
import type { launchChromium } from '@footfall/testkit/browsers'
import type { Subject } from '../subjects.ts'
import type { Measure } from './measures.ts'
import type { Page } from './page.ts'
import type { BenchServer } from './server.ts'

type Browser = Awaited<ReturnType<typeof launchChromium>>

/** How many events are made in one task. */
export const burstEvents = 1_000
const loopCalls = 2_000
const singleCalls = 15
/** How long a burst may take to arrive. */
const patienceMs = 20_000

/** What one visit with one subject found: some of the figures. */
export interface Visit {
  readonly of: Readonly<Partial<Record<Measure, number>>>
  /** Of the burst's 1,000 events; all of a bare reference, which sends none. */
  readonly arrived?: number
  /** Addresses outside that the subject tried to reach. */
  readonly strayed: readonly string[]
}

/** A page where the subject has just been started. */
async function open(browser: Browser, server: BenchServer, subject: Subject, throttling: number) {
  const context = await browser.newContext()
  const tab = await context.newPage()
  const devtools = await context.newCDPSession(tab)
  await devtools.send('Performance.enable')
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: throttling })
  const loop = new Promise<number>((resolve) => tab.exposeFunction('found', resolve))
  await tab.goto(`${server.url}/`)
  await tab.waitForFunction('window.page')
  const ask = <K extends keyof Page>(call: K, ...args: Parameters<Page[K]>): Promise<Awaited<ReturnType<Page[K]>>> =>
    tab.evaluate(`page.${call}(${args.map((each) => JSON.stringify(each)).join()})`)
  const { base, seen } = server.expect()
  const start = await ask('start', subject.file, base)
  // What a start does later is over, and what it sends is not the burst's.
  await nap(500 * throttling)
  return {
    ask,
    seen,
    start,
    loop,
    /** The main thread's time so far, in milliseconds. */
    async busy() {
      const { metrics } = await devtools.send('Performance.getMetrics')
      return (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0) * 1000
    },
    async close() {
      // Some peers have minutes of work left, at their page's end too; the next visit does not wait for it.
      const crashed = tab.waitForEvent('crash')
      devtools.send('Page.crash').catch(() => undefined) // the session ends with the page
      await crashed
      await context.close()
    },
  }
}

/** What 1,000 events in one task cost until all are where they belong. */
export async function burstVisit(browser: Browser, server: BenchServer, subject: Subject, throttling: number): Promise<Visit> {
  const { ask, seen, start, busy, close } = await open(browser, server, subject, throttling)
  try {
    const before = { ...seen, busy: await busy() }
    const arrived = () => seen.events - before.events
    const startedAt = performance.now()
    const elapsed = () => performance.now() - startedAt
    const burst = ask('burst', burstEvents)
    while (subject.isTracker && arrived() < burstEvents && elapsed() < patienceMs) await nap(5)
    await burst
    let emptied = elapsed()
    while ((await ask('waiting')) > 0 && elapsed() < patienceMs) {
      await nap(5)
      emptied = elapsed()
    }
    await nap(100) // what follows the last answer belongs to it
    const delivered = subject.isTracker ? arrived() : burstEvents
    return {
      of: {
        'evaluate + init, ms': start,
        'main thread, ms': (await busy()) - before.busy,
        'longest task, ms': await ask('longestTask'),
        'queue empty, ms': emptied,
        requests: seen.requests - before.requests,
        'bytes an event': (seen.bytes - before.bytes) / Math.max(delivered, 1),
      },
      arrived: delivered,
      strayed: await ask('strayed'),
    }
  } finally {
    await close()
  }
}

/** What a call costs where it stands. */
export async function callsVisit(browser: Browser, server: BenchServer, subject: Subject, throttling: number): Promise<Visit> {
  const { ask, start, loop, close } = await open(browser, server, subject, throttling)
  try {
    const single = await ask('single', singleCalls)
    const strayed = await ask('strayed')
    const afterwards = ask('loop', loopCalls).catch(() => undefined)
    const inLoop = await loop
    void afterwards
    return { of: { 'evaluate + init, ms': start, 'single call, µs': single, 'in a loop, µs': inLoop }, strayed }
  } finally {
    await close()
  }
}
