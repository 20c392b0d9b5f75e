import { setTimeout as wait } from 'node:timers/promises'
import type { Ability, Tab } from '@footfall/testkit/engines'
import { expect, vi } from 'vitest'
import { after, type Scene, tracker } from './scene.ts'

/** Something that happens to a visit. */
export interface Scenario {
  readonly name: string
  /** How many events are captured, with the numbers from 1. @defaultValue 50 */
  readonly count?: number
  readonly needs?: Ability
  /** Longest time it may take, in milliseconds. @defaultValue a minute */
  readonly timeoutMs?: number
  /** It takes long, and nothing in it depends on the engine: run in Chromium only, and this is why. */
  readonly once?: string
  /**
   * A page that ends, or a device that fails, cannot number an event in time, and a tab that takes another's over does not number for
   * another visitor; it arrives, but without `seq`.
   */
  readonly mayLackNumbers?: true
  /** Answers how many events were given up, as the tracker says; without an answer none may be missing. */
  play(scene: Scene): Promise<number | undefined> | Promise<void>
}

const count = 50

/** Tracks events with these numbers in one task, and does what comes after in the same task. */
const track = (tab: Tab, from = 1, to = count, afterwards = '') => tab.run(`${tracking(from, to)}; ${afterwards}`)
const tracking = (from: number, to: number, by = 'footfall') =>
  `for (let n = ${from}; n <= ${to}; n++) ${by}.track('product_viewed', { product_id: String(n) })`

/** Waits until something is so. */
const until = (isSo: () => unknown, timeout = 30_000) =>
  vi.waitFor(async () => expect(await isSo(), `until ${isSo}`).toBeTruthy(), { timeout, interval: 50 })

/** Waits until the collector, such as it is, was asked so often. */
const untilAsked = ({ network }: Scene, times = 1) => until(() => network.passed.length >= times)
const untilQueued = (tab: Tab, queued: number) => until(() => tab.run(`return footfall.stats().queued === ${queued}`))
const dropped = async (tab: Tab) =>
  Number(await tab.run('return Object.values(footfall.stats().dropped).reduce((sum, count) => sum + count, 0)'))

/** Lets a page's clock be set: `shift` is how many milliseconds it is fast. */
const shiftingClock = 'const now = Date.now; window.shift = 0; Date.now = () => now() + shift'
const day = 24 * 60 * 60 * 1000

/** What is missing of IndexedDB on a broken device. */
const brokenDevice = {
  open: `IDBFactory.prototype.open = () => { throw new DOMException('broken', 'UnknownError') }`,
  write: `IDBObjectStore.prototype.put = () => { throw new DOMException('full', 'QuotaExceededError') }`,
  read: `IDBObjectStore.prototype.getAll = () => { throw new DOMException('broken', 'UnknownError') }`,
}

export const scenarios: readonly Scenario[] = [
  {
    name: 'all is well',
    async play(scene) {
      await track(await scene.open())
    },
  },
  ...(
    [
      { name: 'the collector is down for seconds', fault: { kind: 'refuse' } },
      { name: 'the collector answers 500', fault: { kind: 'status', status: 500 } },
      { name: 'the collector answers 503', fault: { kind: 'status', status: 503, headers: { 'retry-after': '1' } } },
      { name: 'the collector answers 429', fault: { kind: 'status', status: 429 } },
      {
        name: 'a portal answers 200 with a page of its own',
        fault: { kind: 'status', status: 200, body: '<h1>Welcome to the hotel</h1>' },
      },
      { name: 'requests arrive in half', fault: { kind: 'cut-request' } },
      { name: 'receipts are lost after the commit', fault: { kind: 'lose-receipt' } },
      { name: 'receipts arrive in half', fault: { kind: 'cut-receipt' } },
    ] as const
  ).map(
    ({ name, fault }): Scenario => ({
      name: `${name}, while the page stays`,
      async play(scene) {
        scene.network.become(fault)
        await track(await scene.open())
        await untilAsked(scene, 2)
        scene.network.become({ kind: 'none' })
      },
    }),
  ),
  {
    name: 'the network is slow',
    async play(scene) {
      scene.network.become({ kind: 'slow', delayMs: 2_000 })
      const tab = await scene.open()
      await track(tab, 1, 25)
      await untilAsked(scene)
      await track(tab, 26, count)
    },
  },
  {
    name: 'the collector answers 503 for five seconds',
    async play(scene) {
      scene.network.become({ kind: 'status', status: 503 })
      await track(await scene.open())
      await wait(5_000)
      scene.network.become({ kind: 'none' })
    },
  },
  {
    name: 'the collector is down for a minute, while the page stays',
    timeoutMs: 120_000,
    once: 'it takes a minute, and is about the tracker’s patience',
    async play(scene) {
      scene.network.become({ kind: 'refuse' })
      await track(await scene.open())
      await wait(60_000)
      scene.network.become({ kind: 'none' })
    },
  },
  ...(
    [
      { name: 'down', fault: { kind: 'refuse' } },
      { name: 'hanging', fault: { kind: 'hang' } },
    ] as const
  ).map(
    ({ name, fault }): Scenario => ({
      name: `the collector is ${name}, the tab is closed, and the visitor comes back`,
      async play(scene) {
        scene.network.become(fault)
        const tab = await scene.open()
        await track(tab)
        await untilAsked(scene)
        await tab.close()
        scene.network.become({ kind: 'none' })
        await scene.open()
      },
    }),
  ),
  {
    name: 'the page is left in the same task',
    mayLackNumbers: true,
    async play(scene) {
      await track(await scene.open(), 1, count, `location.href = '/next'`)
      await until(() => scene.visited.includes('/next'))
    },
  },
  ...(
    [
      {
        what: 'a tab that the shop opened',
        needs: 'popups',
        async closeAfter(scene, body) {
          scene.html = () => ''
          const shop = await scene.open()
          const inTab = `addEventListener('load', () => setTimeout(() => { ${body}; window.close() }))`
          scene.html = () => `${tracker()}<script>${inTab}</script>`
          await shop.run(`window.open('/tab')`)
          await until(() => scene.visited.includes('/tab'))
        },
      },
      {
        what: 'a tab that the visitor opened',
        needs: 'farewell',
        closeAfter: async (scene, body) => void (await (await scene.open()).run(`${body}; window.close()`)),
      },
    ] satisfies { what: string; needs: Ability; closeAfter(scene: Scene, body: string): Promise<void> }[]
  ).flatMap(({ what, needs, closeAfter }): Scenario[] => [
    {
      name: `${what} is closed in the same task, and the visitor does not come back`,
      needs,
      mayLackNumbers: true,
      play: (scene) => closeAfter(scene, tracking(1, count)),
    },
    {
      name: `${what} is closed in the same task, and the visitor comes back`,
      ...(needs === 'popups' && { needs }),
      mayLackNumbers: true,
      async play(scene) {
        await closeAfter(scene, tracking(1, count))
        await wait(1_000)
        scene.html = () => tracker()
        await scene.open()
      },
    },
    {
      name: `${what} is closed in the same task with the collector down, and the visitor comes back`,
      ...(needs === 'popups' && { needs }),
      mayLackNumbers: true,
      async play(scene) {
        scene.network.become({ kind: 'refuse' })
        await closeAfter(scene, tracking(1, count))
        await wait(1_000) // a page that is not told of its end makes no request to wait for
        scene.network.become({ kind: 'none' })
        scene.html = () => tracker()
        await scene.open()
      },
    },
  ]),
  {
    name: 'the page’s process is killed 200 ms later with the collector down, and the visitor comes back',
    needs: 'crash',
    async play(scene) {
      const tab = await scene.open()
      const kill = await tab.findProcess()
      scene.network.become({ kind: 'refuse' })
      await track(tab)
      await wait(200)
      await kill()
      scene.network.become({ kind: 'none' })
      await scene.open()
    },
  },
  {
    name: 'the whole browser is killed 200 ms later with the collector down, and the visitor comes back',
    needs: 'profile',
    async play(scene) {
      scene.browser = await scene.launch()
      const tab = await scene.open()
      scene.network.become({ kind: 'refuse' })
      await track(tab)
      await wait(200)
      await scene.browser.kill()
      scene.network.become({ kind: 'none' })
      scene.browser = await scene.launch()
      await scene.open()
    },
  },
  {
    name: 'two tabs with the collector down, and one of them is closed',
    async play(scene) {
      const first = await scene.open()
      scene.network.become({ kind: 'refuse' })
      await track(first, 1, 1) // one visit: tabs that begin it at the same moment would be two visitors
      await untilQueued(first, 1)
      const second = await scene.open()
      await Promise.all([track(first, 2, 25), track(second, 26, count)])
      await untilQueued(second, count)
      await first.close()
      scene.network.become({ kind: 'none' })
    },
  },
  {
    name: 'two tabs begin the first visit at the same moment',
    mayLackNumbers: true,
    async play(scene) {
      const [first, second] = [await scene.open(), await scene.open()]
      await Promise.all([track(first, 1, 25), track(second, 26, count)])
    },
  },
  {
    name: 'the sending tab is killed between the commit and the receipt, while another lives',
    needs: 'crash',
    mayLackNumbers: true,
    async play(scene) {
      const sender = await scene.open()
      const kill = await sender.findProcess()
      const other = await scene.open()
      scene.network.become({ kind: 'hold-receipt' })
      await track(sender, 1, 25)
      await until(async () => (await scene.rows()).length === 25)
      scene.network.become({ kind: 'none' }) // the receipt under way stays where it is
      await track(other, 26, count)
      await untilQueued(other, count)
      await kill()
    },
  },
  {
    name: 'the device is offline and comes back',
    needs: 'offline',
    async play(scene) {
      const tab = await scene.open()
      await scene.browser.setOffline(true)
      await track(tab)
      await wait(1_500)
      expect(scene.network.passed).toEqual([])
      await scene.browser.setOffline(false)
    },
  },
  {
    name: 'the device has been offline for a day, with 10,000 events',
    needs: 'offline',
    count: 10_000,
    async play(scene) {
      scene.html = () => after(shiftingClock)
      const tab = await scene.open()
      await scene.browser.setOffline(true)
      await track(tab, 1, 5_000)
      await tab.run(`shift = ${day}`)
      await track(tab, 5_001, 10_000)
      await untilQueued(tab, 10_000)
      await scene.browser.setOffline(false)
    },
  },
  ...['open', 'write', 'read'].map(
    (moment): Scenario => ({
      name: `IndexedDB fails at ${moment}, while the page stays`,
      mayLackNumbers: true,
      async play(scene) {
        scene.html = () => after(brokenDevice[moment as keyof typeof brokenDevice])
        await track(await scene.open())
      },
    }),
  ),
  {
    name: 'IndexedDB fails at write, and the page is left in the same task with the collector down',
    mayLackNumbers: true,
    async play(scene) {
      scene.html = () => after(brokenDevice.write)
      const tab = await scene.open()
      scene.network.become({ kind: 'refuse' })
      await track(tab, 1, count, `location.href = '/next'`)
      await until(() => scene.visited.includes('/next'))
      scene.network.become({ kind: 'none' })
    },
  },
  {
    name: 'the device has no room left',
    needs: 'quota',
    mayLackNumbers: true,
    async play(scene) {
      const tab = await scene.open()
      await tab.setQuota(1)
      await track(tab)
    },
  },
  {
    name: 'the collector is killed in the middle of a burst and restarted',
    async play(scene) {
      const collector = await scene.moveCollector()
      const tab = await scene.open()
      await tab.run(`let n = 0; const burst = setInterval(() => {
        for (let i = 0; i < 5; i++) footfall.track('product_viewed', { product_id: String(++n) })
        if (n === ${count}) clearInterval(burst)
      }, 100)`)
      await untilAsked(scene, 2)
      await collector.kill()
      await until(() => tab.run(`return footfall.stats().queued + footfall.stats().delivered === ${count}`))
      await collector.start()
    },
  },
  {
    name: 'the clock is set back and forward during the visit',
    async play(scene) {
      scene.html = () => after(shiftingClock)
      const tab = await scene.open()
      await track(tab, 1, 10)
      await tab.run(`shift = ${-day}`)
      await track(tab, 11, 20)
      await until(async () => (await scene.rows()).length === 20)
      await tab.run(`shift = ${2 * day}`)
      await track(tab, 21, 30)
      await tab.run(`shift = ${-3 * day}`)
      await track(tab, 31, 40)
      await tab.run(`shift = ${-6 * day}`)
      await track(tab, 41, 45)
      await tab.run('shift = 0')
      await track(tab, 46, count)
    },
  },
  {
    name: 'somebody else’s keepalive requests have used up the 64 KiB, and the page is left in the same task',
    mayLackNumbers: true,
    async play(scene) {
      const tab = await scene.open()
      await tab.run(`fetch('/hold', { method: 'POST', keepalive: true, body: 'x'.repeat(65_536) })`)
      await track(tab, 1, count, `location.href = '/next'`)
      await until(() => scene.visited.includes('/next'))
    },
  },
  {
    name: 'the page is prerendered and the visitor comes',
    needs: 'prerendering',
    async play(scene) {
      const tab = await prerender(scene)
      await tab.run(`location.href = '/prerendered'`)
    },
  },
  {
    name: 'the page is prerendered and the visitor does not come',
    needs: 'prerendering',
    count: 0,
    async play(scene) {
      const tab = await prerender(scene)
      await wait(1_000) // long enough for a batch to leave
      await tab.close()
      expect(scene.network.passed).toEqual([])
    },
  },
  {
    name: 'the visitor goes back and forward through the cache',
    timeoutMs: 180_000,
    mayLackNumbers: true,
    async play(scene) {
      await goBackAndForward(scene, false)
      expect(scene.visited).toContain('/restored')
    },
  },
  {
    name: 'the visitor goes back and forward in the same task as the events',
    mayLackNumbers: true,
    play: (scene) => goBackAndForward(scene, true),
  },
  {
    name: 'the page’s policy allows nothing inline and no eval',
    async play(scene) {
      scene.policy = `default-src 'none'; script-src 'self'; connect-src 'self'`
      await track(await scene.open())
    },
  },
  {
    name: 'two shops on one page',
    async play(scene) {
      scene.html = () => `${tracker()}<script>window.other = footfall</script>${tracker('wk_other')}`
      await (await scene.open()).run(`${tracking(1, 25)}; ${tracking(26, count, 'other')}`)
    },
  },
  {
    name: 'a batch that the collector finds too large is cut until it fits',
    async play(scene) {
      const tab = await scene.open()
      await tab.run(
        `for (let n = 1; n <= ${count}; n++) footfall.track('product_viewed', { product_id: String(n), description: crypto.randomUUID().repeat(600) })`,
      )
    },
  },
  {
    name: 'the collector finds every event too large: what is missing is counted',
    async play(scene) {
      scene.network.become({ kind: 'status', status: 413 })
      const tab = await scene.open()
      await track(tab, 1, 20)
      await until(async () => (await dropped(tab)) === 20)
      scene.network.become({ kind: 'none' })
      await track(tab, 21, count)
      return dropped(tab)
    },
  },
  {
    name: 'events wait for longer than they may: what is missing is counted',
    async play(scene) {
      scene.html = () => after(shiftingClock)
      scene.network.become({ kind: 'refuse' })
      const before = await scene.open()
      await before.run(`shift = ${-8 * day}`)
      await track(before, 1, 20)
      await untilQueued(before, 20)
      await before.close()
      const tab = await scene.open()
      await track(tab, 21, count)
      await until(async () => (await dropped(tab)) > 0)
      // Not before: the last request of the closed page would arrive, unknown to this one that counts its events as expired.
      scene.network.become({ kind: 'none' })
      return dropped(tab)
    },
  },
]

/** Opens a page that has the next one made ready, and waits until that has tracked its events. */
async function prerender(scene: Scene): Promise<Tab> {
  scene.html = (path) =>
    path === '/prerendered'
      ? `${tracker()}<script>${tracking(1, count)}; document.prerendering && fetch('/ready')</script>`
      : `<script type="speculationrules">{ "prerender": [{ "urls": ["/prerendered"] }] }</script>`
  const tab = await scene.open()
  await until(() => scene.visited.includes('/ready'))
  return tab
}

/** Walks to and fro between two pages that each track events, and leaves them in the same task or once the store has the events. */
async function goBackAndForward(scene: Scene, inSameTask: boolean): Promise<void> {
  // Whether a page is kept is the browser's decision; it tells when it was.
  scene.html = () => after(`addEventListener('pageshow', ({ persisted }) => { if (persisted) fetch('/restored') })`)
  const tab = await scene.open('/one')
  const steps = [
    { at: '/one', leave: `location.href = '/two'` },
    { at: '/two', leave: 'history.back()' },
    { at: '/one', leave: 'history.forward()' },
    { at: '/two', leave: 'history.back()' },
    // WebKit keeps a page together with its open transaction, and those of all others wait behind it until they are left themselves.
    { at: '/one', leave: `location.href = '/end'` },
  ]
  let events = 0
  for (const { at, leave } of steps) {
    await until(() => tab.run(`return location.pathname === '${at}' && 'footfall' in window`))
    await track(tab, events + 1, events + 10, inSameTask ? leave : '')
    events += 10
    if (inSameTask) continue
    // Longer than a page waits for a device that WebKit holds up, see above.
    await until(async () => (await scene.rows()).length === events, 45_000)
    await tab.run(leave)
  }
}
