import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createCollector, listen } from '@footfall/collector'
import { launchChromium } from '@footfall/testkit/browsers'
import { build } from 'esbuild'
import { Hono } from 'hono'
import { type Bench, median, rounded } from './table.ts'

const rounds = 7
const root = fileURLToPath(new URL('../..', import.meta.url))

/** What runs in the page: every subject gets the same calls, one after the other, so that a busy moment meets all alike. */
const pageScript = `
  import { createTracker } from '@footfall/browser'
  import { set } from 'idb-keyval'

  const properties = { product_id: 'A-1', name: 'Round Teapot', price: 64, currency: 'EUR', quantity: 1 }
  let written = 0
  const nap = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

  window.measureStart = () => {
    const startedAt = performance.now()
    window.tracker = createTracker({ endpoint: '/v1/events', writeKey: 'wk_bench', consent: { analytics: 'granted' } })
    return performance.now() - startedAt
  }

  const subjects = {
    'empty function': (() => { const nothing = () => {}; return () => nothing(properties) })(),
    'Footfall track()': () => window.tracker.track('product_added', properties),
    'bare localStorage write': () => { localStorage['bench' + (written++ % 50)] = JSON.stringify(properties) },
    'bare IndexedDB put': () => { void set('bench' + (written++ % 50), properties) },
  }

  window.measureLoop = async (name, calls) => {
    const call = subjects[name]
    const startedAt = performance.now()
    for (let index = 0; index < calls; index++) call()
    const cost = performance.now() - startedAt
    await window.tracker.flush()
    await nap(50)
    return (cost * 1000) / calls
  }

  window.measureSingle = async (name, times) => {
    const costs = []
    for (let index = 0; index < times; index++) {
      await nap(15) // a click's distance: caches and optimised code are as cold as they are in a shop
      const startedAt = performance.now()
      subjects[name]()
      costs.push((performance.now() - startedAt) * 1000)
    }
    return costs.sort((a, b) => a - b)[times >> 1]
  }

  window.measureBurst = async (count) => {
    let longest = 0
    const observer = new PerformanceObserver((list) => { for (const entry of list.getEntries()) longest = Math.max(longest, entry.duration) })
    observer.observe({ type: 'longtask' })
    const before = window.tracker.stats().delivered
    const startedAt = performance.now()
    for (let index = 0; index < count; index++) window.tracker.track('product_added', properties)
    while (window.tracker.stats().delivered < before + count) await nap(5)
    const drained = performance.now() - startedAt
    await nap(60)
    observer.disconnect()
    return { drained, longest }
  }
`

export default async function track(): Promise<Bench> {
  const { outputFiles } = await build({
    stdin: { contents: pageScript, resolveDir: join(root, 'packages', 'browser'), loader: 'js' },
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    write: false,
  })
  const script = outputFiles[0]?.text ?? ''
  const dataDir = await mkdtemp(join(tmpdir(), 'footfall-bench-'))
  const collector = createCollector({ dataDir, writeKey: 'wk_bench', secretKey: 'sk_bench_0123456789abcdef', logLevel: 'silent' })
  const app = new Hono()
  // An isolated page has a clock of 5 µs; others have one of 100.
  const isolated = { 'cross-origin-opener-policy': 'same-origin', 'cross-origin-embedder-policy': 'require-corp' }
  app.get('/', (c) => c.html('<!doctype html><title>bench</title><script type="module" src="/bench.js"></script>', 200, isolated))
  const sent = { requests: 0, bytes: 0 }
  app.use('/v1/events', (c, next) => {
    sent.requests++
    sent.bytes += Number(c.req.header('content-length') ?? 0)
    return next()
  })
  app.get('/bench.js', (c) => c.body(script, 200, { 'content-type': 'text/javascript' }))
  app.route('/', collector)
  await collector.ready
  const server = await listen(app, '127.0.0.1', 0)
  const browser = await launchChromium()
  const rows: Bench['rows'][number][] = []
  try {
    for (const throttling of [1, 4]) {
      const page = await browser.newPage()
      const devtools = await page.context().newCDPSession(page)
      await devtools.send('Emulation.setCPUThrottlingRate', { rate: throttling })
      await page.goto(`${server.url}/`)
      await page.waitForFunction('window.measureStart')
      const ask = <T>(expression: string): Promise<T> => page.evaluate(expression)
      const start = await ask<number>('measureStart()')
      const subjects = ['empty function', 'Footfall track()', 'bare localStorage write', 'bare IndexedDB put']
      const loop = new Map<string, number[]>(subjects.map((name) => [name, []]))
      const single = new Map<string, number[]>(subjects.map((name) => [name, []]))
      for (let round = 0; round < rounds; round++) {
        for (const name of subjects) {
          loop.get(name)?.push(await ask<number>(`measureLoop(${JSON.stringify(name)}, 2000)`))
          single.get(name)?.push(await ask<number>(`measureSingle(${JSON.stringify(name)}, 15)`))
        }
      }
      const bursts: { drained: number; longest: number; main: number; requests: number; bytes: number }[] = []
      await devtools.send('Performance.enable')
      const busy = async () => {
        const { metrics } = await devtools.send('Performance.getMetrics')
        return (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0) * 1000
      }
      for (let round = 0; round < rounds; round++) {
        const before = { ...sent, main: await busy() }
        const burst = await ask<{ drained: number; longest: number }>('measureBurst(1000)')
        bursts.push({
          ...burst,
          main: (await busy()) - before.main,
          requests: sent.requests - before.requests,
          bytes: (sent.bytes - before.bytes) / 1000,
        })
      }
      const middle = (key: keyof (typeof bursts)[number]) => rounded(median(bursts.map((burst) => burst[key])))
      for (const name of subjects) {
        const isOurs = name === 'Footfall track()'
        rows.push({
          'CPU throttling': `${throttling}x`,
          subject: name,
          'in a loop, µs': rounded(median(loop.get(name) ?? [])),
          'single call, µs': rounded(median(single.get(name) ?? [])),
          ...(isOurs && {
            '1,000 at once: main thread, ms': middle('main'),
            'longest task, ms': middle('longest'),
            'drained, ms': middle('drained'),
            requests: middle('requests'),
            'bytes an event': middle('bytes'),
            'init, ms': rounded(start),
          }),
        })
      }
      await page.close()
    }
  } finally {
    await browser.close()
    await server.close(0)
    await collector.close()
    await rm(dataDir, { recursive: true })
  }
  return {
    title: 'What a call costs the page (Chromium)',
    rows,
    notes: [
      `Medians of ${rounds} interleaved rounds in one page; the collector runs on the same machine.`,
      'A bare IndexedDB put through idb-keyval does its work after the call; it is shown for scale.',
      'Longest task: 0 means that none reached the 50 ms from which a browser reports them.',
    ],
  }
}
