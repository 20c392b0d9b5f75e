import { batch, envelope } from '@footfall/testkit/builders'
import { expect, test } from 'vitest'
import { startCollector } from '../start-collector.ts'

/** Texts that make an expression try many ways to read them, and where a reader of ours looks at texts. */
const units = ['a', '1', '1,', ' ', 'a@', '%25', 'https://a.b/', '?a=', '+49 ', '4111 ', '(', '\u00a0']
const tails = ['', '!']
const places = {
  'a title': (text: string) => ({ page: { url: 'https://x/', title: text } }),
  'an address': (text: string) => ({ page: { url: `https://shop.example/?q=${text}`, referrer: text } }),
  'a time': (text: string) => ({ occurred_at: text }),
  'an amount': (text: string) => ({ properties: { product_id: 'A', price: text, currency: text } }),
  'a property': (text: string) => ({ name: 'my_event', properties: { x: text, url: text.slice(0, 20_000) } }),
  'a key': (text: string) => ({ properties: { [text]: 1 } }),
  'an id': (text: string) => ({ anonymous_id: text, consent: { analytics: 'granted', record_id: text } }),
}

test.each(Object.entries(places).map(([place, around]) => ({ place, around })))(
  '$place of 60 KB is read in time that grows with its length, whatever it says',
  async ({ around }) => {
    const { post } = await startCollector({ store: 'memory' })
    const time = async (length: number, unit: string, tail: string): Promise<number> => {
      const text = unit.repeat(Math.floor(length / unit.length)) + tail
      const body = JSON.stringify(batch([envelope({ id: crypto.randomUUID(), ...(around(text) as object) })]))
      const before = process.cpuUsage()
      expect((await post(body)).status).toBe(200)
      const { user, system } = process.cpuUsage(before)
      return (user + system) / 1000
    }
    for (const unit of units) {
      for (const tail of tails) {
        // What tries all ways to cut a text of 60,000 takes minutes; what reads it once, a few milliseconds.
        expect([unit, tail, (await time(60_000, unit, tail)) < 1500]).toEqual([unit, tail, true])
      }
    }
  },
)
