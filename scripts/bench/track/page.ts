/** What runs in the page: one subject, and the calls that are timed by the page's own clock. */
export interface Page {
  /** Evaluates the subject's bundle and starts it; answers the milliseconds its task took. */
  start(file: string, base: string): Promise<number>
  /** Makes so many events in one task, and resolves after it. */
  burst(events: number): Promise<void>
  /** The longest task since the burst, in milliseconds; 0 when none reached the 50 from which a browser tells of them. */
  longestTask(): number
  /** Events that still wait on the device, as far as the subject can tell. */
  waiting(): number
  /** What a call costs when it comes by itself: the median in microseconds. */
  single(times: number): Promise<number>
  /** What a call costs in a loop: the mean in microseconds, told to `found` before what the calls leave to do afterwards. */
  loop(calls: number): void
  /** Addresses outside that the subject tried to reach; the page's policy kept it from them. */
  strayed(): string[]
}

declare const subject: {
  start(base: string): unknown
  track(name: string, properties: object): void
  waiting?(): number
}

/** The bench's ear. */
declare function found(figure: number): void

const properties = { product_id: 'A-1', name: 'Round Teapot', price: 64, currency: 'EUR', quantity: 1 }
const track = () => subject.track('product_added', properties)
const nap = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

const blocked: string[] = []
document.addEventListener('securitypolicyviolation', ({ blockedURI }) => blocked.push(blockedURI))

const tasks: PerformanceEntry[] = []
const observer = new PerformanceObserver((list) => tasks.push(...list.getEntries()))
observer.observe({ type: 'longtask' })
let burstAt = 0

const page: Page = {
  async start(file, base) {
    const script = document.createElement('script')
    script.textContent = await (await fetch(`/subjects/${file}.js`)).text()
    await nap(50)
    const startedAt = performance.now()
    // Inline, it is compiled and run here and now, and never comes from a cache.
    document.head.append(script)
    subject.start(base)
    return performance.now() - startedAt
  },
  async burst(events) {
    await nap(0) // a task of its own, such as the page's own code would have
    burstAt = performance.now()
    for (let index = 0; index < events; index++) track()
  },
  longestTask() {
    tasks.push(...observer.takeRecords())
    return Math.max(
      0,
      ...tasks.filter(({ startTime, duration }) => startTime + duration > burstAt).map(({ duration }) => duration),
    )
  },
  waiting: () => subject.waiting?.() ?? 0,
  async single(times) {
    const costs: number[] = []
    for (let index = 0; index < times; index++) {
      await nap(15) // a click's distance: caches and optimised code are as cold as they are in a shop
      const startedAt = performance.now()
      track()
      costs.push((performance.now() - startedAt) * 1000)
    }
    return costs.sort((a, b) => a - b)[times >> 1] ?? Number.NaN
  },
  loop(calls) {
    const startedAt = performance.now()
    for (let index = 0; index < calls; index++) track()
    found(((performance.now() - startedAt) * 1000) / calls)
  },
  strayed: () => blocked,
}
Object.assign(globalThis, { page })
