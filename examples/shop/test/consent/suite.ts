import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Engine, Tab } from '@footfall/testkit/engines'
import { expect, vi } from 'vitest'
import { inEngine, type Play } from '../losses/in-engine.ts'
import type { Scene } from '../losses/scene.ts'

/** Before a grant and after a withdrawal: what is on the device, and what the network has seen. */
export function consentSuite(engine: Engine): void {
  inEngine(engine, [
    { name: undecidedAs('events are held'), run: (scene) => undecided(scene) },
    { name: undecidedAs('events are dropped'), run: (scene) => undecided(scene, 'data-pre-consent="drop"') },
    ...platforms.map(
      (platform): Play => ({
        name: undecidedAs(`${platform} is followed and is not there`),
        run: (scene) => undecided(scene, '', `<script>${readFileSync(`${tags}/${platform}.js`, 'utf8')}</script>`),
      }),
    ),
    { name: 'refused: the refusal is on the device and nothing else, nothing leaves it', run: refused },
    { name: 'taken back: in all tabs, after a reload too, nothing but the refusal is left', run: takenBack },
    { name: 'taken back offline: only its record waits, and goes when the network is back', run: takenBackOffline },
  ])
}

const undecidedAs = (how: string) => `nothing decided, ${how}: nothing is on the device, nothing leaves it`

const tags = fileURLToPath(new URL('../../../../packages/browser/dist/tags', import.meta.url))
const platforms = readdirSync(tags).map((file) => file.replace('.js', ''))

const page = (attributes: string, more = '') =>
  `<script src="/footfall.js" data-write-key="wk_test" ${attributes}></script>${more}<button>buy</button>`

/** What a visitor does who is asked and says nothing. */
const visit = `
  footfall.track('product_added', { product_id: 'A-1', quantity: 1 })
  footfall.track('ad_clicked', { ad_id: 'spring' })
  footfall.page()
  footfall.identify('cust_42', { plan: 'gold' })
  document.querySelector('button').click()
  void footfall.flush()`

/** Everything that a page can leave on a device. */
const device = async (tab: Tab) =>
  JSON.parse(
    String(
      await tab.run(`return (async () => {
        const databases = {}
        for (const { name } of await indexedDB.databases()) {
          const opened = await new Promise((resolve, reject) => Object.assign(indexedDB.open(name), { onsuccess: ({ target }) => resolve(target.result), onerror: reject }))
          databases[name] = await new Promise((resolve) => Object.assign(opened.transaction('events').objectStore('events').getAllKeys(), { onsuccess: ({ target }) => resolve(target.result.length) }))
          opened.close()
        }
        return JSON.stringify({
          localStorage: Object.keys(localStorage),
          sessionStorage: Object.keys(sessionStorage),
          cookies: document.cookie,
          caches: 'caches' in window ? await caches.keys() : [],
          workers: navigator.serviceWorker ? (await navigator.serviceWorker.getRegistrations()).length : 0,
          databases,
        })
      })()`),
    ),
  )

const empty = { localStorage: [], sessionStorage: [], cookies: '', caches: [], workers: 0, databases: {} }
const refusal = { ...empty, localStorage: ['footfall:wk_test:consent'] }
/** A database without a row stays: a browser does not tell whether another tab still has it open. */
const purged = { ...refusal, databases: { 'footfall:wk_test': 0 } }

const until = (tab: Tab, expected: object) =>
  vi.waitFor(async () => expect(await device(tab)).toEqual(expected), { timeout: 10_000 })
const settled = () => new Promise((resolve) => setTimeout(resolve, 700)) // the batch delay, and a platform's first look

async function undecided(scene: Scene, attributes = '', more?: string): Promise<void> {
  scene.html = () => page(attributes, more)
  const first = await scene.open('/first')
  await first.run(visit)
  await settled()
  expect(await device(first)).toEqual(empty)
  await first.run(`dispatchEvent(new Event('pagehide')); document.dispatchEvent(new Event('visibilitychange'))`)
  await first.close()
  const second = await scene.open('/second')
  await settled()
  expect(await device(second)).toEqual(empty)
  expect(scene.network.passed).toEqual([])
  expect(scene.visited).toEqual(['/first', '/second'])
}

async function refused(scene: Scene): Promise<void> {
  scene.html = () => page('')
  const tab = await scene.open('/first')
  await tab.run(`${visit}; footfall.consent({ analytics: 'denied', personalization: 'denied', marketing: 'denied' }); ${visit}`)
  await settled()
  expect(await device(tab)).toEqual(refusal)
  await tab.close()
  const next = await scene.open('/second')
  await next.run(visit)
  await settled()
  expect(await device(next)).toEqual(refusal)
  expect(scene.network.passed).toEqual([])
}

async function takenBack(scene: Scene): Promise<void> {
  scene.html = () => page('')
  const [here, there] = [await scene.open('/here'), await scene.open('/there')]
  await here.run(`footfall.consent({ analytics: 'granted', marketing: 'granted' })`)
  await vi.waitFor(async () => expect(await there.run('return footfall.consent().analytics')).toBe('granted'), {
    timeout: 10_000,
  })
  await Promise.all([here.run(visit), there.run(visit)])
  await vi.waitFor(async () => expect((await scene.rows()).length).toBeGreaterThan(6), { timeout: 15_000 })
  scene.network.become({ kind: 'refuse' })
  await Promise.all([here.run(visit), there.run(visit)])
  await settled()
  scene.network.become({ kind: 'none' })
  await here.run(`footfall.consent({ analytics: 'denied', marketing: 'denied' })`)
  await until(here, purged)
  await vi.waitFor(async () => expect(await there.run('return footfall.consent().analytics')).toBe('denied'), { timeout: 10_000 })
  await vi.waitFor(async () => expect((await scene.rows()).filter(isRecord)).toHaveLength(2), { timeout: 10_000 })
  const rows = (await scene.rows()).length
  await Promise.all([here.run(visit), there.run(visit)])
  await here.run('location.reload()')
  await settled()
  await until(here, purged)
  await until(there, purged)
  expect((await scene.rows()).length).toBe(rows)
}

async function takenBackOffline(scene: Scene): Promise<void> {
  scene.html = () => page('')
  const tab = await scene.open('/first')
  await tab.run(`footfall.consent({ analytics: 'granted' })`)
  await vi.waitFor(async () => expect(await scene.rows()).toHaveLength(2), { timeout: 10_000 }) // the record, the page's view
  scene.network.become({ kind: 'refuse' })
  await tab.run(visit)
  await settled()
  await tab.run(`footfall.consent({ analytics: 'denied' })`)
  await vi.waitFor(async () => expect((await device(tab)).databases).toEqual({ 'footfall:wk_test': 1 }), { timeout: 10_000 })
  const left = await tab.run('return JSON.stringify(localStorage)')
  for (const trace of ['cust_42', 'A-1', 'anonymous_id\\":\\"', 'product_added']) expect(left).not.toContain(trace)
  await tab.close()
  scene.network.become({ kind: 'none' })
  const next = await scene.open('/second')
  await vi.waitFor(
    async () =>
      expect((await scene.rows()).map(({ name }) => name)).toEqual(['consent_updated', 'page_viewed', 'consent_updated']),
    {
      timeout: 15_000,
    },
  )
  await until(next, purged)
  expect((await scene.rows())[2]).toMatchObject({ anonymous_id: null, user_id: null, session: null })
}

const isRecord = ({ name }: { readonly name: string }) => name === 'consent_updated'
