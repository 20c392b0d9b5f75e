import { existsSync, readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createCollector } from '@footfall/collector'
import { loadRates, type Rates } from '@footfall/collector/normalise'
import { serveStatic } from '@hono/node-server/serve-static'
import { type Context, Hono } from 'hono'

const examples = fileURLToPath(new URL('../examples/', import.meta.url))

/** As strict as a careful shop's: the tracker works without inline code and without eval. */
const shopPolicy =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; font-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

/** The collector with the examples beside it, in one app: what `start` serves, and what the end-to-end tests visit. */
export interface Demo {
  readonly app: Hono
  readonly collector: ReturnType<typeof createCollector>
}

const dayMs = 86_400_000

/**
 * The sample of exchange rates: made up, not the ECB's. Moved by whole weeks so that it ends in the week before `now` (ms since 1970 UTC):
 * rates that are older than a week would give a demo none.
 */
export function sampleRates(now: number): Rates {
  const text = readFileSync(`${examples}shop/sample-rates-not-ecb.csv`, 'utf8')
  const weeks = Math.floor((now / dayMs - daysOf(loadRates(text).to)) / 7)
  return loadRates(
    text.replaceAll(/^\d{4}-\d{2}-\d{2}/gm, (day) => new Date((daysOf(day) + 7 * weeks) * dayMs).toISOString().slice(0, 10)),
  )
}

/** @param day `YYYY-MM-DD` */
function daysOf(day: string): number {
  const [year = 0, month = 0, date = 0] = day.split('-').map(Number)
  return Date.UTC(year, month - 1, date) / dayMs
}

/** The examples must have been built. `options` are the collector's; without rates of their own, the demo has the sample's. */
export function createDemo(options: Parameters<typeof createCollector>[0], ports?: Parameters<typeof createCollector>[1]): Demo {
  const hasRates = options?.fxRates !== undefined || existsSync(join(options?.dataDir ?? '.data', 'rates.csv'))
  const rates = hasRates ? {} : { rates: sampleRates(Date.now()) }
  const collector = createCollector(options, { ...rates, ...ports })
  const writeKey = collector.config.projects[0]?.writeKeys[0] ?? ''
  // Keys hold letters, digits, ".", "_" and "-" only: nothing in them means anything to HTML.
  const page =
    (file: string, headers: Record<string, string> = {}) =>
    async (c: Context) => {
      const html = await readFile(`${examples}${file}`, 'utf8')
      return c.html(html.replaceAll('__WRITE_KEY__', writeKey).replaceAll('__ENDPOINT__', '/v1/events'), 200, headers)
    }
  const app = new Hono()
  app.get('/', (c) => c.redirect('/shop/'))
  app.get('/shop', (c) => c.redirect('/shop/'))
  for (const file of ['main.js', 'main.css']) app.get(`/shop/${file}`, serveStatic({ path: `${examples}shop/dist/${file}` }))
  app.get('/shop/*', page('shop/dist/index.html', { 'content-security-policy': shopPolicy, 'cache-control': 'no-cache' }))
  app.get('/script-tag/', page('script-tag/index.html'))
  app.route('/', collector)
  return { app, collector }
}
