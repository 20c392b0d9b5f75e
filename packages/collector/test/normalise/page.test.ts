import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { limits, type Page } from '@footfall/events'
import { envelope } from '@footfall/testkit/builders'
import { expect, test } from 'vitest'
import { createNotes } from '../../src/normalise/notes.ts'
import { normalisePage } from '../../src/normalise/page.ts'
import { redactEvent } from '../../src/normalise/redact-event.ts'
import { startCollector } from '../start-collector.ts'

const clean: Page = {
  url: 'https://shop.example/p/1?page=2',
  title: 'Red shoes',
  referrer: 'https://www.google.com/',
  type: 'product',
}

test.each([
  { name: 'a clean page stays as it is', page: clean, expected: clean, repairs: [], flags: [] },
  {
    name: 'UR-PII: URL, title and referrer',
    page: {
      ...clean,
      url: 'https://shop.example/p?email=a',
      title: 'Hello a@b.de',
      referrer: 'https://u:p@ads.example/a@b.de?x',
    },
    expected: {
      ...clean,
      url: 'https://shop.example/p?email=REDACTED',
      title: 'Hello REDACTED',
      referrer: 'https://ads.example/REDACTED',
    },
    repairs: [
      { field: 'page.url', from: null, to: null, rule: 'UR-PII' },
      { field: 'page.title', from: null, to: null, rule: 'UR-PII' },
      { field: 'page.referrer', from: null, to: null, rule: 'UR-PII' },
    ],
    flags: ['pii_redacted'],
  },
  {
    name: 'UR-QUERY: unlisted parameters, and the query of the referrer',
    page: { ...clean, url: 'https://shop.example/p?foo=1&q=x', referrer: 'https://www.google.com/search?q=x' },
    expected: { ...clean, url: 'https://shop.example/p?q=x', referrer: 'https://www.google.com/search' },
    repairs: [
      { field: 'page.url', from: null, to: null, rule: 'UR-QUERY' },
      { field: 'page.referrer', from: null, to: null, rule: 'UR-QUERY' },
    ],
    flags: [],
  },
  {
    name: 'click ids stay: without consent to marketing they are gone before',
    page: { ...clean, url: 'https://shop.example/?gclid=AbC' },
    expected: { ...clean, url: 'https://shop.example/?gclid=AbC' },
    repairs: [],
    flags: [],
  },
  {
    name: 'UR-CUT',
    page: { ...clean, url: `https://shop.example/${'x'.repeat(3000)}` },
    expected: { ...clean, url: `https://shop.example/${'x'.repeat(3000)}`.slice(0, limits.maxUrlLength) },
    repairs: [{ field: 'page.url', from: '3021 characters', to: '2048 characters', rule: 'UR-CUT' }],
    flags: ['url_cut'],
  },
  {
    name: 'empty texts and none stay',
    page: { url: '', title: null, referrer: '' },
    expected: { url: '', title: null, referrer: '' },
    repairs: [],
    flags: [],
  },
])('$name', ({ page, expected, repairs, flags }) => {
  const notes = createNotes()
  expect(normalisePage(page, 'product_viewed', true, notes)).toEqual(expected)
  expect({ repairs: notes.repairs, flags: [...notes.flags] }).toEqual({ repairs, flags })
})

test('addresses wherever they stand in an event', () => {
  const notes = createNotes()
  const event = {
    id: 'https://x.example/?email=a',
    user_id: 'mailto:a@b.de',
    page: { url: '/p?email=a&foo=1', title: 'a@b.de', referrer: 'x?token=1' },
    traits: { site: 'https://u:p@x.example/' },
    properties: {
      url: 'https://x.example/?email=a&mode=full#/r?x=1',
      search: '?email=a',
      title: 'a@b.de',
      products: [{ url: 'https://x.example/a' }, { url: 'https://x.example/a@b.de', name: 'a+b=c' }],
      link: 'tel:+491701234567',
      note: 'write to a@b.de',
      text: '50 % off = 1+1',
      count: 4111111111111111,
      nothing: null,
    },
  }
  const sent = structuredClone(event)
  expect(redactEvent(event, notes)).toEqual({
    ...event,
    page: { url: '/p?email=REDACTED&foo=1', title: 'REDACTED', referrer: 'x?token=REDACTED' },
    traits: { site: 'https://x.example/' },
    properties: {
      ...event.properties,
      url: 'https://x.example/?email=REDACTED&mode=full#/r?x=1',
      search: '?email=REDACTED',
      title: 'REDACTED',
      products: [event.properties.products[0], { url: 'https://x.example/REDACTED', name: 'a+b=c' }],
      link: 'tel:',
    },
  })
  expect(event).toEqual(sent)
  expect(notes.repairs.map(({ field }) => field)).toEqual([
    'page.url',
    'page.title',
    'page.referrer',
    'properties.url',
    'properties.search',
    'properties.title',
    'properties.products.url',
    'properties.link',
    'traits.site',
  ])
})

test('an event with nothing personal is the event itself', () => {
  const event = envelope({ page: clean }) as Readonly<Record<string, unknown>>
  expect(redactEvent(event, createNotes())).toBe(event)
})

test('names of prototypes stay data', () => {
  const event = JSON.parse('{"properties":{"__proto__":"/?email=a","constructor":{"x":"/a@b.de"}}}')
  const after = redactEvent(event, createNotes())
  expect(JSON.stringify(after)).toBe('{"properties":{"__proto__":"/?email=REDACTED","constructor":{"x":"/REDACTED"}}}')
})

test('an event nested past all reason has an answer', () => {
  const event = { properties: JSON.parse(`${'{"a":'.repeat(1500)}"/?email=a"${'}'.repeat(1500)}`) }
  expect(redactEvent(event, createNotes())).toBe(event)
})

/** Everything that the store's files hold. */
async function bytesIn(folder: string): Promise<string> {
  const files = await readdir(folder, { recursive: true, withFileTypes: true })
  const texts = files.filter((file) => file.isFile()).map((file) => readFile(join(file.parentPath, file.name), 'latin1'))
  return (await Promise.all(texts)).join('\n')
}

test('an e-mail address in a URL never reaches the files of the store, in whatever becomes of the event', async () => {
  const started = await startCollector()
  const secret = 'jane.secret'
  const forms = [`${secret}@example.com`, `${secret}%40example.com`, `${secret}%252540example.com`]
  const pages = forms.flatMap((form) => [
    {
      url: `https://shop.example/account/${form}?utm_source=${form}&email=${form}&zzz=${form}#email=${form}`,
      title: `Hello ${form}`,
      referrer: `https://mail.example/${form}?to=${form}`,
    },
    { url: `https://${form}:pw@shop.example/MARK`, title: 'MARK', referrer: `mailto:${form}` },
  ])
  const links = Object.fromEntries(forms.map((form, index) => [`link_${index}`, `https://shop.example/?u=${form}`]))
  const events = pages.flatMap((page) => [
    envelope({ name: 'page_viewed', page, properties: { ...links } }),
    envelope({ name: 'our_own_event', page, properties: { ...links, deep: [{ url: `/x?y=${forms[0]}` }] }, traits: links }),
    envelope({ page, properties: { product_id: 'A-1', quantity: 1, url: page.url, image_url: page.referrer } }),
    // Set aside: without a total it is no order.
    envelope({ name: 'order_completed', page, properties: { ...links, order_id: 'O-1' } }),
  ])
  const receipt = await started.deliver(events)
  expect(receipt).toMatchObject({ accepted: 18, quarantined: 6, rejected: 0 })
  // The second time with another content: set aside as a conflict.
  await started.deliver(events.slice(0, 1).map((event) => ({ ...event, occurred_at: 1, properties: { ...links, other: 1 } })))
  const stored = await started.events()
  expect(stored).toHaveLength(18)
  expect(stored[0]).toMatchObject({
    page: {
      url: 'https://shop.example/account/REDACTED?utm_source=REDACTED&email=REDACTED&zzz=REDACTED',
      title: 'Hello REDACTED',
      referrer: 'https://mail.example/REDACTED',
    },
    quality: { flags: ['pii_redacted'] },
  })
  expect(JSON.stringify([stored, await started.quarantined(), receipt])).not.toContain(secret)
  await started.collector.close()
  const bytes = await bytesIn(started.folder)
  expect(bytes).toContain('MARK')
  expect(bytes).not.toContain(secret)
}, 30_000)

test.each([
  {
    name: 'an address with a scheme is cut',
    text: `https://shop.example/${'x'.repeat(9000)}?email=a`,
    expected: 'https://shop.example',
  },
  { name: 'a picture in Base64 stays', text: `/9j/${'4AAQ+'.repeat(3000)}`, expected: `/9j/${'4AAQ+'.repeat(3000)}` },
  {
    name: 'what begins with a slash is read as a text',
    text: `/${'x'.repeat(9000)}/ a@b.de`,
    expected: `/${'x'.repeat(9000)}/ REDACTED`,
  },
])('beyond the length that is read, $name', ({ text, expected }) => {
  expect(redactEvent({ properties: { text } }, createNotes())).toEqual({ properties: { text: expected } })
})
