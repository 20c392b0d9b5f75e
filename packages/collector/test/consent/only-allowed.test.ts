import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { withoutMarketingFields } from '../../src/consent/only-allowed.ts'
import { createNotes } from '../../src/normalise/notes.ts'

const strip = (raw: object) => {
  const notes = createNotes()
  return { after: withoutMarketingFields({ ...raw }, notes), notes }
}

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

function heapMegabytes(): number {
  collectGarbage()
  return process.memoryUsage().heapUsed / 2 ** 20
}

describe('addresses', () => {
  test.each([
    { url: '/p', expect: '/p' },
    { url: '/p?a=1&b=2#c', expect: '/p?a=1&b=2#c' },
    { url: '/p?gclid=1', expect: '/p' },
    { url: '/p?gclid=1#top', expect: '/p#top' },
    { url: '/p?a=1&gclid=1', expect: '/p?a=1' },
    { url: '/p?gclid=1&a=1', expect: '/p?a=1' },
    { url: '/p?a=1&GCLID=1&b=%20&fbclid=x', expect: '/p?a=1&b=%20' },
    { url: '/p?gclid=1&fbclid=2', expect: '/p' },
    { url: '/p?%67clid=1&a', expect: '/p?a' },
    { url: '/p?gclid', expect: '/p?gclid' },
    { url: '/p#gclid=1', expect: '/p' },
    { url: '/p?awc=1&mc_eid=2&_hsenc=3&mkt_tok=4&ScCid=5&irclickid=6&clientid=7&tblci=8', expect: '/p?clientid=7' },
    { url: '/p?a=gclid=1', expect: '/p?a=gclid=1' },
    { url: '/p?xgclid=1&utm_source=gclid', expect: '/p?xgclid=1&utm_source=gclid' },
    { url: '/p?a=%E0%A4%A&b%zz=1&mc_eid=1', expect: '/p?a=%E0%A4%A&b%zz=1' },
    { url: '/p?email=a%40b.example&a=1', expect: '/p?a=1' },
    { url: '/p?to=https%3A%2F%2Fx.example%2F%3Fgclid%3D1%26a%3D1&b=1', expect: '/p?to=https%3A%2F%2Fx.example%2F%3Fa%3D1&b=1' },
    { url: `/p?to=%${'25'.repeat(30_000)}3F`, expect: `/p?to=%${'25'.repeat(30_000)}3F` },
  ])('$url', ({ url, expect: expected }) => {
    const { after, notes } = strip({ page: { url } })
    expect(after.page).toEqual({ url: expected })
    expect(notes.flags.has('marketing_stripped')).toBe(url !== expected)
  })

  test('nothing else of an address changes, whatever it is', () => {
    fc.assert(
      fc.property(fc.webUrl({ withFragments: true, withQueryParameters: true }), (url) => {
        fc.pre(!/clid|epik|awc|mail|phone|fb[cp]|__s/i.test(decodeURIComponent(url)))
        expect(strip({ page: { url } }).after.page).toEqual({ url })
      }),
    )
  })
})

describe('properties and traits', () => {
  test.each([
    { name: 'gclid', isGone: true },
    { name: 'FBCLID', isGone: true },
    { name: 'emailHash', isGone: true },
    { name: 'sha256_email_address', isGone: true },
    { name: 'Email', isGone: true },
    { name: 'click_id', isGone: true },
    { name: 'email_list', isGone: false },
    { name: 'clicks', isGone: false },
    { name: 'constructor', isGone: false },
  ])('$name', ({ name, isGone }) => {
    for (const field of ['properties', 'traits']) {
      const { after } = strip({ [field]: { list: [{ [name]: 'x' }], kept: 1 } })
      expect(after[field]).toEqual({ list: [isGone ? {} : { [name]: 'x' }], kept: 1 })
    }
  })

  test('wherever in the event they stand', () => {
    const { after, notes } = strip({ id: 'x', gclid: 'SECRET', context: { email: 'SECRET', page: { url: '/?fbclid=SECRET' } } })
    expect(after).toEqual({ id: 'x', context: { page: { url: '/' } } })
    expect(notes.repairs.map(({ field }) => field)).toEqual(['gclid', 'context.email', 'context.page.url'])
  })

  test('a flag or nothing at all is no address', () => {
    const properties = { email: true, gclid: null, fbclid: '' }
    expect(strip({ properties }).after.properties).toEqual(properties)
  })

  test('what has nothing to take out is the same object, and what was taken out stands in no note', () => {
    const raw = { properties: { a: [1, { b: 'x?y=1' }] }, other: { clicks: 'x' } }
    expect(withoutMarketingFields(raw, createNotes())).toBe(raw)
    const { notes } = strip({ properties: { gclid: 'SECRET', a: { email: 'SECRET' } } })
    expect(JSON.stringify(notes.repairs)).not.toContain('SECRET')
    expect(notes.repairs.map(({ field }) => field)).toEqual(['properties.gclid', 'properties.a.email'])
  })

  test('depth, thousands of keys and names of prototypes do no harm', () => {
    const deep = JSON.parse(`${'{"a":'.repeat(5000)}{"gclid":"SECRET"}${'}'.repeat(5000)}`) as object
    expect(JSON.stringify(strip({ properties: deep }).after)).not.toContain('SECRET')
    const wide = Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`k${index}`, { gclid: 'SECRET' }]))
    const { after, notes } = strip({ properties: wide })
    expect(JSON.stringify(after)).not.toContain('SECRET')
    expect(notes.repairs.length).toBeLessThan(100)
    const odd = JSON.parse('{"__proto__":{"gclid":"x","a":1},"gclid":"x"}') as object
    expect(JSON.stringify(strip({ properties: odd }).after.properties)).toBe('{"__proto__":{"a":1}}')
    expect(Object.getPrototypeOf({})).not.toHaveProperty('a')
  })
})

test('long texts are not remembered, whatever they look like', () => {
  const before = heapMegabytes()
  for (let index = 0; index < 60; index += 1) strip({ properties: { text: `/?q${index}=${'x'.repeat(2 ** 20)}${index}` } })
  expect(heapMegabytes() - before).toBeLessThan(15)
})
