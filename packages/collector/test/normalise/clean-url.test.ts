import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { cleanReferrer, cleanUrl, keptParameters, redactUrl } from '../../src/normalise/clean-url.ts'

const jwt = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl'

/** Percent-encodes so many times, and the first time every byte. */
const encoded = (text: string, times: number): string =>
  times === 0
    ? text
    : times === 1
      ? [...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('')
      : encodeURIComponent(encoded(text, times - 1))

describe('UR-PII', () => {
  test.each([
    'email',
    'e-mail',
    'mail',
    'phone',
    'tel',
    'mobile',
    'first_name',
    'last_name',
    'fullname',
    'address',
    'dob',
    'ssn',
    'token',
    'access_token',
    'id_token',
    'auth',
    'code',
    'password',
    'pwd',
    'session',
    'sid',
    'api_key',
    'pan',
    'card',
    'cvv',
    'mc_eid',
    '_kx',
    '_hsenc',
    'EMAIL',
    'Access_Token',
    'customer[email]',
    'checkout.phone',
    'e%2Dmail',
    'firstName',
  ])('the value of %s goes, whatever it is', (key) => {
    expect(cleanUrl(`https://shop.example/p?q=1&${key}=anything&page=2`)).toEqual({
      status: 'ok',
      url: `https://shop.example/p?q=1&${key}=REDACTED&page=2`,
      rule: 'UR-PII',
    })
  })

  const values = [
    { name: 'an e-mail address', value: 'jane@example.com' },
    { name: 'an e-mail address with a tag', value: 'jane+shop@mail.example.co.uk' },
    { name: 'an e-mail address beyond ASCII', value: 'jürgen@müller.de' },
    { name: 'an e-mail address in other text', value: 'to:jane@example.com;x' },
    { name: 'a telephone number', value: '+491701234567' },
    { name: 'a telephone number of 8 digits', value: '+12345678' },
    { name: 'a telephone number of 15 digits', value: '+123456789012345' },
    { name: 'a telephone number in groups', value: '+49 (170) 123-4567' },
    { name: 'a token', value: jwt },
    { name: 'a card of 16 digits', value: '4111111111111111' },
    { name: 'a card of 15 digits', value: '378282246310005' },
    { name: 'a card in groups', value: '5555 5555 5555 4444' },
    { name: 'a card among other text', value: 'x5555555555554444y' },
  ]
  const places = [
    {
      name: 'a parameter',
      put: (text: string) => `https://shop.example/p?q=${text}&page=2`,
      clean: 'https://shop.example/p?q=REDACTED&page=2',
    },
    {
      name: 'a campaign',
      put: (text: string) => `https://shop.example/?utm_source=${text}`,
      clean: 'https://shop.example/?utm_source=REDACTED',
    },
    {
      name: 'an unlisted parameter',
      put: (text: string) => `https://shop.example/?zzz=${text}`,
      clean: 'https://shop.example/?zzz=REDACTED',
    },
    { name: 'the path', put: (text: string) => `https://shop.example/a/${text}/b`, clean: 'https://shop.example/a/REDACTED/b' },
    { name: 'the last part of a path', put: (text: string) => `/a/${text}?page=2`, clean: '/a/REDACTED?page=2' },
    {
      name: 'the name of a parameter',
      put: (text: string) => `https://shop.example/?${text}&page=2`,
      clean: 'https://shop.example/?page=2',
    },
    { name: 'the fragment', put: (text: string) => `https://shop.example/#${text}`, clean: 'https://shop.example/' },
  ]
  const cases = values.flatMap((value) =>
    places.flatMap(({ name, put, clean }) =>
      [1, 2, 3].map((times) => ({
        name: `${value.name} in ${name}, encoded ${times} times`,
        url: put(encoded(value.value, times)),
        clean,
      })),
    ),
  )
  test.each(cases)('$name', ({ url, clean }) => {
    expect(cleanUrl(url)).toEqual({ status: 'ok', url: clean, rule: 'UR-PII' })
  })

  test.each([
    { name: 'as it stands', url: '/p?q=jane@example.com', clean: '/p?q=REDACTED' },
    { name: 'a plus as it stands, in front', url: '/p?q=+491701234567', clean: '/p?q=REDACTED' },
    { name: 'beside a stray percent sign', url: '/p?q=100%&s=jane%40example.com%', clean: '/p?q=100%&s=REDACTED' },
    { name: 'beside bad UTF-8', url: '/p?q=%ff%fejane%40example.com', clean: '/p?q=REDACTED' },
    { name: 'in an address within', url: '/p?q=https%3A%2F%2Fx.de%2F%3Fmail%3Dsecret', clean: '/p?q=REDACTED' },
    { name: 'behind a second question mark', url: '/p?page=1?token=secret', clean: '/p?page=REDACTED' },
    { name: 'behind a semicolon', url: '/p?page=1;token=secret', clean: '/p?page=REDACTED' },
    { name: 'behind an escaped ampersand', url: '/p?page=1&amp;token=secret', clean: '/p?page=1&token=REDACTED' },
    { name: 'behind an encoded ampersand', url: '/p?q=1%26token%3Dsecret', clean: '/p?q=REDACTED' },
    { name: 'a session in the path', url: '/shoes;jsessionid=1A2B?page=2', clean: '/shoes;jsessionid=REDACTED?page=2' },
    { name: 'every time', url: '/p?email=a&email=b&Email=c', clean: '/p?email=REDACTED&email=REDACTED&Email=REDACTED' },
    { name: 'user and password', url: 'https://jane:secret@shop.example/p', clean: 'https://shop.example/p' },
    { name: 'a user', url: 'https://jane@shop.example/p?page=1', clean: 'https://shop.example/p?page=1' },
    { name: 'a user with an at sign', url: 'https://jane@a.de:b@shop.example/', clean: 'https://shop.example/' },
    { name: 'a user behind backslashes', url: 'https:\\\\jane:secret@shop.example\\p', clean: 'https://shop.example/p' },
    { name: 'a user behind one slash', url: 'https:/jane:secret@shop.example/p', clean: 'https://shop.example/p' },
    { name: 'a user without a scheme', url: '//jane:secret@shop.example/p', clean: '//shop.example/p' },
    { name: 'a user behind another', url: '//@//jane:secret@shop.example/@p', clean: '////shop.example/@p' },
    { name: 'a user of a host that is none', url: 'https://jane:secret@sh op/p', clean: 'https:' },
    { name: 'a user cut in two by a line break', url: 'https://jane:se\ncret@shop.example/', clean: 'https://shop.example/' },
    { name: 'a fragment with a parameter', url: '/p#access_token=secret', clean: '/p' },
    { name: 'a fragment with an encoded one', url: '/p#a%253Demail%253D1', clean: '/p' },
    { name: 'a script', url: 'javascript:alert(document.cookie)', clean: 'javascript:' },
    { name: 'a script with slashes', url: 'JavaScript://x/%0aalert(1)', clean: 'javascript:' },
    { name: 'a document', url: 'data:text/html,<b>jane</b>', clean: 'data:' },
    { name: 'a letter', url: 'mailto:jane@example.com', clean: 'mailto:' },
    { name: 'a call', url: 'tel:+491701234567', clean: 'tel:' },
    { name: "somebody's disk", url: 'file:///Users/jane/shop.html', clean: 'file:' },
  ])('$name', ({ url, clean }) => {
    expect(cleanUrl(url).url).toBe(clean)
  })
})

describe('UR-PII-KEEP', () => {
  test.each([
    { name: 'a product code', url: 'https://shop.example/p/4006381333931?ean=4006381333931' },
    { name: 'a time in seconds', url: 'https://shop.example/?id=1763748000' },
    { name: 'a time in milliseconds', url: 'https://shop.example/?id=1763748000123' },
    { name: 'a time in microseconds', url: 'https://shop.example/?id=1763748000123456' },
    { name: 'an order number', url: 'https://shop.example/orders/100-2345-6789?q=DE-2026-0000123456' },
    { name: '16 digits that are no card', url: 'https://shop.example/4111111111111112' },
    { name: '16 digits that begin like no card', url: 'https://shop.example/?q=1000000000000008' },
    { name: '17 digits', url: 'https://shop.example/?q=41111111111111113' },
    { name: 'a search', url: 'https://shop.example/search?q=red+shoes+size+42' },
    { name: 'a search beyond ASCII', url: 'https://shop.example/?q=Gr%C3%BC%C3%9Fe%20%F0%9F%91%9F' },
    { name: 'a search with a number', url: 'https://shop.example/?q=adidas+4006381333931' },
    { name: 'a search with an at sign', url: 'https://shop.example/?q=2@3' },
    { name: 'a search for words that are names of parameters', url: 'https://shop.example/?q=gift+card' },
    { name: 'a picture for dense screens', url: 'https://shop.example/img/file@2x.jpg' },
    { name: 'another', url: 'https://shop.example/img/logo@1.5x.min.png' },
    { name: 'a version of a package', url: 'https://cdn.example/npm/left-pad@1.3.0/index.js' },
    { name: 'a place on a map', url: 'https://maps.example/@48.85,2.35,15z' },
    { name: 'a short number with a plus', url: 'https://shop.example/?q=%2B1234567' },
    { name: 'a long number with a plus', url: 'https://shop.example/?q=%2B1234567890123456' },
    { name: 'campaigns', url: 'https://shop.example/?utm_source=a&utm_medium=b&utm_campaign=c&utm_id=1&UTM_TERM=d' },
    {
      name: 'filters',
      url: 'https://shop.example/shoes?filter.v.option.color=red&filter[size]=42&sort_by=price&page=2&variant=123',
    },
    { name: 'an anchor', url: 'https://shop.example/p/1#reviews' },
    { name: 'a route', url: 'https://shop.example/#/shoes/red' },
    { name: 'a port', url: 'http://127.0.0.1:8080/p' },
    { name: 'no path', url: 'https://shop.example' },
    { name: 'a host beyond ASCII', url: 'https://bücher.example/ä?q=ö' },
    { name: 'a relative address', url: '/p/1?page=2' },
    { name: 'a name of a host', url: 'shop.example/p?page=2' },
    { name: 'a host and a port', url: 'localhost:3000/p?page=2' },
    { name: 'an app', url: 'android-app://com.google.android.gm/' },
    { name: 'an empty page', url: 'about:blank' },
    { name: 'nothing', url: '' },
    { name: 'what was redacted before', url: 'https://shop.example/a/REDACTED?email=REDACTED&q=REDACTED' },
    { name: 'names of prototypes', url: 'https://shop.example/__proto__/constructor' },
  ])('$name', ({ url }) => {
    expect(cleanUrl(url)).toEqual({ status: 'ok', url, rule: 'UR-PII-KEEP' })
  })
})

describe('the query', () => {
  test.each([
    { name: 'unlisted parameters go', url: '/?foo=1&page=2&bar', clean: '/?page=2' },
    { name: 'names in any case stay', url: '/?Page=2&SORT_BY=x&foo', clean: '/?Page=2&SORT_BY=x' },
    { name: 'names of prototypes are unlisted', url: '/?__proto__=1&constructor=2&toString=3', clean: '/' },
    { name: 'its mark goes with its last parameter', url: '/?foo=1#top', clean: '/#top' },
    { name: 'click ids go', url: '/?gclid=1&fbclid=2&page=3', clean: '/?page=3' },
    { name: 'share markers go', url: '/?srsltid=1&igsh=2&ref=3', clean: '/' },
    { name: 'blank parameters go', url: '/? &page=2', clean: '/?page=2' },
    { name: 'empty parameters go', url: '/?&&page=2&', clean: '/?page=2' },
    { name: 'blanks around go', url: '  /?page=2\n', clean: '/?page=2' },
  ])('$name', ({ url, clean }) => {
    expect(cleanUrl(url)).toEqual({ status: 'ok', url: clean, rule: 'UR-QUERY' })
  })

  test('with consent to marketing click ids stay, ids of people do not', () => {
    const url = '/?gclid=AbC&FBCLID=x&mkt_tok=PERSON&vero_id=PERSON&mc_eid=PERSON'
    expect(cleanUrl(url, { mayKeepClickIds: true }).url).toBe(
      '/?gclid=AbC&FBCLID=x&mkt_tok=REDACTED&vero_id=REDACTED&mc_eid=REDACTED',
    )
  })

  test('every parameter of the list stays', () => {
    for (const key of keptParameters) expect(cleanUrl(`/?${key}=1`).url).toBe(`/?${key}=1`)
  })
})

test('of a referrer origin and path stay', () => {
  expect(cleanReferrer('https://u:p@www.google.com/search/a@b.de?q=shoes&email=x#top')).toEqual({
    status: 'ok',
    url: 'https://www.google.com/search/REDACTED',
    rule: 'UR-PII',
  })
  expect(cleanReferrer('https://www.google.com/search?q=shoes').rule).toBe('UR-QUERY')
})

test('redacting takes what is personal and leaves the rest', () => {
  expect(redactUrl('https://u:p@api.example/x?mode=full&email=a&foo=a%40b.de&&#/route?x=1').url).toBe(
    'https://api.example/x?mode=full&email=REDACTED&foo=REDACTED#/route?x=1',
  )
})

const atoms = [
  'https://',
  'http:/',
  '//',
  '/',
  '\\',
  '?',
  '&',
  '&amp;',
  '=',
  '#',
  ';',
  ':',
  '@',
  '%',
  '%25',
  '%40',
  '%2B',
  '%3D',
  '+',
  '.',
  ' ',
  '\n',
  '\0',
]
const words = [
  'a',
  'jane',
  'example',
  'com',
  'email',
  'token',
  'q',
  'utm_source',
  'gclid',
  '491701234567',
  '4111111111111111',
  'eyJ',
  '.eyJa.b',
  'REDACTED',
  'amp;',
  'javascript:',
  'ü',
  '\ud800',
  '𝒳',
  '2x.jpg',
  'xn--',
]
const hostile = fc.oneof(
  fc.array(fc.constantFrom(...atoms, ...words), { maxLength: 40 }).map((parts) => parts.join('')),
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.webUrl({ withFragments: true, withQueryParameters: true }),
)

describe('laws', () => {
  test.each([
    { name: 'cleanUrl', clean: (url: string) => cleanUrl(url).url },
    { name: 'cleanUrl with click ids', clean: (url: string) => cleanUrl(url, { mayKeepClickIds: true }).url },
    { name: 'cleanReferrer', clean: (url: string) => cleanReferrer(url).url },
    { name: 'redactUrl', clean: (url: string) => redactUrl(url).url },
  ])('$name of what it gave changes nothing', { timeout: 30_000 }, ({ clean }) => {
    fc.assert(
      fc.property(hostile, (url) => {
        const once = clean(url)
        expect(clean(once)).toBe(once)
      }),
      { numRuns: 500 },
    )
  })

  test('redacting first makes no difference to cleaning', { timeout: 30_000 }, () => {
    fc.assert(
      fc.property(hostile, (url) => {
        expect(cleanUrl(redactUrl(url).url).url).toBe(cleanUrl(url).url)
      }),
      { numRuns: 500 },
    )
  })

  test('an e-mail address is found wherever it stands, however it is encoded', { timeout: 30_000 }, () => {
    const name = fc.stringMatching(/^[a-z][a-z0-9]{3,10}$/)
    fc.assert(
      fc.property(name, name, hostile, hostile, fc.integer({ min: 0, max: 2 }), (user, domain, before, after, times) => {
        const address = encoded(`${user}@${domain}.com`, times)
        const { url } = cleanUrl(`https://shop.example/${before}/${address}/${after}`)
        expect(url.toLowerCase()).not.toContain(`${user}@${domain}.com`)
      }),
    )
  })
})

test.each([
  { name: 'a percent bomb', url: `https://shop.example/?q=${'%25'.repeat(20_000)}40` },
  { name: 'many parameters', url: `https://shop.example/?${'a=1&'.repeat(20_000)}` },
  { name: 'many at signs', url: `https://shop.example/${'@'.repeat(60_000)}` },
  { name: 'many users', url: `https://${'a@'.repeat(30_000)}` },
  { name: 'many users behind slashes', url: `//${'@/'.repeat(30_000)}` },
  { name: 'many slashes behind users', url: `//@${'/'.repeat(60_000)}` },
  { name: 'many halves of addresses', url: `https://shop.example/${'a@b.'.repeat(15_000)}` },
  { name: 'many halves of tokens', url: `https://shop.example/${'eyJ'.repeat(10_000)}${'.eyJ'.repeat(10_000)}` },
  { name: 'many pluses', url: `/?q=${'+1'.repeat(30_000)}` },
  { name: 'many equals signs', url: `/?q=${'a='.repeat(30_000)}` },
  { name: 'many digits', url: `/?q=${'4'.repeat(60_000)}` },
  { name: 'many slashes', url: '/'.repeat(60_000) },
  { name: 'many semicolons', url: `/${';sid=1'.repeat(10_000)}` },
  { name: 'many escapes', url: `/?${'&amp;'.repeat(12_000)}` },
  { name: 'many blanks', url: `${' '.repeat(30_000)}x${' '.repeat(30_000)}` },
])('$name is read to the limit and no further', ({ url }) => {
  for (const clean of [cleanUrl, cleanReferrer, redactUrl]) expect(clean(url).url.length).toBeLessThanOrEqual(8192)
})

test('an address beyond the limit is cut between its parts, not within', () => {
  const head = `https://shop.example/?zzz=${'x'.repeat(8140)}&q=jane@exa`
  expect(head.length).toBeLessThan(8192)
  expect(cleanUrl(`${head}mple-of-a-long-domain-name.com`).url).toBe('https://shop.example/')
})
