import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Attribution, attribute } from '../../src/normalise/attribution.ts'
import { clickIds, emailIds } from '../../src/normalise/click-ids.ts'

const site = 'www.shop.example'
const page = 'https://www.shop.example/shoes'

interface Row extends Partial<Omit<Attribution, 'status'>> {
  readonly name: string
  readonly url?: string
  readonly from?: string | null
}

const rows: readonly Row[] = [
  // UR-UTM
  {
    name: 'UR-UTM: all five',
    url: '?utm_source=newsletter&utm_medium=email&utm_campaign=Spring&utm_term=shoes&utm_content=top',
    kind: 'campaign',
    source: 'newsletter',
    medium: 'email',
    campaign: 'Spring',
    term: 'shoes',
    content: 'top',
    rule: 'UR-UTM',
  },
  {
    name: 'UR-UTM: source and medium in lower case, the rest as written',
    url: '?utm_source=NewsLetter&utm_medium=E-Mail&utm_campaign=SpringSale&utm_term=Red+Shoes&utm_content=TOP',
    source: 'newsletter',
    medium: 'e-mail',
    campaign: 'SpringSale',
    term: 'Red Shoes',
    content: 'TOP',
  },
  {
    name: 'UR-UTM: names in any case',
    url: '?UTM_Source=a&Utm_MEDIUM=b&utm_CAMPAIGN=C',
    kind: 'campaign',
    source: 'a',
    medium: 'b',
    campaign: 'C',
  },
  { name: 'UR-UTM: the first that is not empty', url: '?utm_source=&utm_source=%20&utm_source=x&utm_source=y', source: 'x' },
  { name: 'UR-UTM: trimmed', url: '?utm_source=%20x%09&utm_medium=+y+', source: 'x', medium: 'y' },
  {
    name: 'UR-UTM: a source alone leaves the medium open',
    url: '?utm_source=x',
    from: 'https://www.google.com/',
    kind: 'campaign',
    source: 'x',
    medium: null,
  },
  {
    name: 'UR-UTM: a medium alone leaves the source open',
    url: '?utm_medium=cpc',
    from: 'https://www.google.com/',
    kind: 'campaign',
    source: null,
    medium: 'cpc',
  },
  {
    name: 'UR-UTM: a campaign alone does not replace the referrer',
    url: '?utm_campaign=Spring',
    from: 'https://www.google.com/',
    kind: 'organic',
    source: 'google',
    medium: 'organic',
    campaign: 'Spring',
    rule: 'UR-REF',
  },
  {
    name: 'UR-UTM: a campaign alone leaves a direct visit direct',
    url: '?utm_campaign=S',
    kind: 'direct',
    source: 'direct',
    medium: 'none',
    campaign: 'S',
  },
  {
    name: 'UR-UTM: bad UTF-8 becomes a replacement character',
    url: '?utm_source=%E4rzte&utm_medium=%ff',
    source: '\ufffdrzte',
    medium: '\ufffd',
  },
  { name: 'UR-UTM: a stray percent sign is kept', url: '?utm_source=100%&utm_medium=50%25', source: '100%', medium: '50%' },
  {
    name: 'UR-UTM: before a click id',
    url: '?gclid=Ab1&utm_source=x&utm_medium=y',
    kind: 'campaign',
    source: 'x',
    clickId: 'Ab1',
    rule: 'UR-UTM',
  },
  { name: 'UR-UTM: before an internal referrer', url: '?utm_source=x', from: page, kind: 'campaign', rule: 'UR-UTM' },
  {
    name: 'UR-UTM: names of prototypes are values',
    url: '?utm_source=__proto__&utm_medium=constructor',
    source: '__proto__',
    medium: 'constructor',
  },
  { name: 'UR-UTM: a long value is cut', url: `?utm_source=${'x'.repeat(5000)}`, source: 'x'.repeat(256) },
  {
    name: 'UR-PII: personal values of campaigns',
    url: '?utm_source=Jane%40Example.com&utm_medium=m&utm_content=jane%2540example.com',
    source: 'REDACTED',
    medium: 'm',
    content: 'REDACTED',
  },
  // UR-UTM-AMP
  {
    name: 'UR-UTM-AMP: escapes of HTML',
    url: '?utm_source=a&amp;utm_medium=b&amp;utm_campaign=c',
    source: 'a',
    medium: 'b',
    campaign: 'c',
    rule: 'UR-UTM-AMP',
  },
  { name: 'UR-UTM-AMP: escaped twice', url: '?utm_source=a&amp;amp;utm_medium=b', source: 'a', medium: 'b', rule: 'UR-UTM-AMP' },
  { name: 'UR-UTM-AMP: before a click id', url: '?x=1&amp;gclid=Q', kind: 'click', clickId: 'Q' },
  // UR-UTM-HASH
  {
    name: 'UR-UTM-HASH: in the fragment',
    url: '#utm_source=a&utm_medium=b',
    kind: 'campaign',
    source: 'a',
    medium: 'b',
    rule: 'UR-UTM-HASH',
  },
  {
    name: 'UR-UTM-HASH: behind a route',
    url: '#/shoes?utm_source=a&utm_medium=b',
    source: 'a',
    medium: 'b',
    rule: 'UR-UTM-HASH',
  },
  {
    name: 'UR-UTM-HASH: not where the query has one',
    url: '?utm_campaign=c#utm_source=a',
    kind: 'direct',
    source: 'direct',
    campaign: 'c',
  },
  {
    name: 'UR-UTM-HASH: where the one of the query is empty',
    url: '?utm_source=#utm_source=a',
    source: 'a',
    rule: 'UR-UTM-HASH',
  },
  { name: 'UR-UTM-HASH: no click ids', url: '#gclid=x', kind: 'direct', clickId: null },
  // UR-CLICK
  {
    name: 'UR-CLICK: the value keeps its capitals, the name does not',
    url: '?GCLID=AbC_d-E',
    clickId: 'AbC_d-E',
    clickIdName: 'gclid',
    rule: 'UR-CLICK',
  },
  {
    name: 'UR-CLICK: before the referrer',
    url: '?fbclid=x',
    from: 'https://www.google.com/',
    kind: 'click',
    source: 'facebook',
    medium: 'social',
  },
  {
    name: 'UR-CLICK: before an internal referrer',
    url: '?ttclid=x',
    from: page,
    kind: 'click',
    source: 'tiktok',
    medium: 'paid_social',
  },
  {
    name: 'UR-CLICK: Google before Facebook, whatever stands first',
    url: '?fbclid=1&gclid=2',
    source: 'google',
    medium: 'cpc',
    clickId: '2',
  },
  { name: 'UR-CLICK: gbraid before wbraid', url: '?wbraid=1&gbraid=2', clickIdName: 'gbraid', clickId: '2' },
  { name: 'UR-CLICK: an empty one is none', url: '?gclid=&msclkid=2', source: 'bing', clickId: '2' },
  {
    name: 'UR-CLICK: before an id of an e-mail',
    url: '?mc_eid=person&mc_cid=campaign',
    source: 'mailchimp',
    clickId: 'campaign',
    rule: 'UR-CLICK',
  },
  ...['gad_source', 'gad_campaignid', 'gclsrc', 'srsltid', 'igsh', 'igshid', 'ref'].map((name) => ({
    name: `UR-CLICK: ${name} is none`,
    url: `?${name}=x`,
    kind: 'direct' as const,
    clickId: null,
  })),
  // UR-REF
  ...Object.entries({
    'https://www.google.com/': 'google',
    'https://google.co.uk/search?q=x': 'google',
    'https://www.google.com.br/': 'google',
    'https://www.bing.com/search?q=x': 'bing',
    'https://duckduckgo.com/': 'duckduckgo',
    'https://uk.search.yahoo.com/': 'yahoo',
    'https://www.ecosia.org/': 'ecosia',
    'https://search.brave.com/': 'brave',
    'https://yandex.ru/': 'yandex',
    'https://yandex.com.tr/search': 'yandex',
    'https://www.baidu.com/link?url=x': 'baidu',
    'https://www.qwant.com/': 'qwant',
    'https://www.startpage.com/': 'startpage',
    'https://m.search.naver.com/': 'naver',
  }).map(([from, source]) => ({
    name: `UR-REF: ${from}`,
    from,
    kind: 'organic' as const,
    source,
    medium: 'organic',
    rule: 'UR-REF' as const,
  })),
  ...Object.entries({
    'https://l.facebook.com/l.php?u=x': 'facebook',
    'https://m.facebook.com/': 'facebook',
    'https://l.instagram.com/': 'instagram',
    'https://t.co/abc': 'twitter',
    'https://twitter.com/': 'twitter',
    'https://x.com/': 'twitter',
    'https://old.reddit.com/r/shoes': 'reddit',
    'https://www.linkedin.com/feed': 'linkedin',
    'https://lnkd.in/x': 'linkedin',
    'https://www.pinterest.co.uk/': 'pinterest',
    'https://pinterest.com/': 'pinterest',
    'https://www.tiktok.com/': 'tiktok',
    'https://m.youtube.com/': 'youtube',
    'https://www.threads.net/': 'threads',
    'https://www.snapchat.com/': 'snapchat',
    'https://bsky.app/': 'bluesky',
  }).map(([from, source]) => ({ name: `UR-REF: ${from}`, from, kind: 'social' as const, source, medium: 'social' })),
  { name: 'UR-REF: Gmail', from: 'https://mail.google.com/', kind: 'email', source: 'gmail', medium: 'email' },
  { name: 'UR-REF: Outlook', from: 'https://outlook.live.com/mail', kind: 'email', source: 'outlook', medium: 'email' },
  { name: 'UR-REF: Yahoo mail', from: 'https://mail.yahoo.com/', kind: 'email', source: 'yahoo', medium: 'email' },
  ...[
    'chatgpt.com',
    'www.perplexity.ai',
    'gemini.google.com',
    'copilot.microsoft.com',
    'claude.ai',
    'news.google.com',
    'www.yahoo.com',
    'blog.example.org',
  ].map((host) => ({
    name: `UR-REF: ${host} refers`,
    from: `https://${host}/a?b`,
    kind: 'referral' as const,
    source: host,
    medium: 'referral',
    rule: 'UR-REF' as const,
  })),
  { name: 'UR-REF: capitals and a final dot', from: 'HTTPS://WWW.Google.COM./', kind: 'organic', source: 'google' },
  ...[null, '', '  ', 'nonsense', '/relative', 'about:blank', 'javascript:alert(1)', 'https://', 'ftp://google.com/'].map(
    (from) => ({
      name: `UR-REF: ${JSON.stringify(from)} is no referrer`,
      from,
      kind: 'direct' as const,
      source: 'direct',
      medium: 'none',
      rule: 'UR-REF' as const,
    }),
  ),
  // UR-REF-SPOOF
  ...[
    'google.com.evil.com',
    'www.google.com-search.net',
    'facebook.com.login.ru',
    'www.paypal.com.example.org',
    'shop.example.evil.com',
  ].map((host) => ({
    name: `UR-REF-SPOOF: ${host}`,
    from: `https://${host}/`,
    kind: 'referral' as const,
    source: host,
    medium: 'referral',
  })),
  { name: 'UR-REF-SPOOF: is named where a known name misleads', from: 'https://google.com.evil.com/', rule: 'UR-REF-SPOOF' },
  {
    name: 'UR-REF-SPOOF: a name before a shared suffix',
    from: 'https://google.blogspot.com/',
    kind: 'referral',
    source: 'google.blogspot.com',
  },
  { name: 'UR-REF-SPOOF: part of a name', from: 'https://notfacebook.com/', kind: 'referral', source: 'notfacebook.com' },
  { name: 'UR-REF-SPOOF: t.co within a name', from: 'https://shopt.co/', kind: 'referral', source: 'shopt.co' },
  { name: 'UR-REF-SPOOF: the site within a name', from: 'https://my-shop.example/', kind: 'referral', source: 'my-shop.example' },
  { name: 'UR-REF-SPOOF: a known name in the path', from: 'https://evil.com/google.com', kind: 'referral', source: 'evil.com' },
  {
    name: 'UR-REF-SPOOF: a known name before the host',
    from: 'https://www.google.com@evil.com/',
    kind: 'referral',
    source: 'evil.com',
  },
  // UR-REF-APP
  {
    name: 'UR-REF-APP: Gmail',
    from: 'android-app://com.google.android.gm/',
    kind: 'email',
    source: 'gmail',
    medium: 'email',
    rule: 'UR-REF-APP',
  },
  {
    name: 'UR-REF-APP: Google',
    from: 'android-app://com.google.android.googlequicksearchbox/https/x',
    kind: 'organic',
    source: 'google',
    medium: 'organic',
  },
  {
    name: 'UR-REF-APP: Facebook',
    from: 'android-app://com.facebook.katana',
    kind: 'social',
    source: 'facebook',
    medium: 'social',
  },
  {
    name: 'UR-REF-APP: another',
    from: 'android-app://org.telegram.messenger/',
    kind: 'referral',
    source: 'org.telegram.messenger',
    rule: 'UR-REF-APP',
  },
  {
    name: 'UR-REF-APP: no substring',
    from: 'android-app://com.facebookish.app/',
    kind: 'referral',
    source: 'com.facebookish.app',
  },
  // UR-REF-INTERNAL
  ...['https://www.shop.example/', 'https://shop.example/cart', 'http://help.shop.example:8080/', 'https://SHOP.example./'].map(
    (from) => ({
      name: `UR-REF-INTERNAL: ${from}`,
      from,
      kind: 'internal' as const,
      source: null,
      medium: null,
      rule: 'UR-REF-INTERNAL' as const,
    }),
  ),
  // UR-REF-PAY
  ...[
    'https://www.paypal.com/checkoutnow',
    'https://checkout.stripe.com/',
    'https://pay.klarna.com/',
    'https://live.adyen.com/',
    'https://accounts.google.com/',
    'https://accounts.google.com/o/oauth2?x',
    'https://appleid.apple.com/',
    'https://centinelapi.cardinalcommerce.com/',
    'https://acs.bank.fr/challenge',
    'https://3ds.bank.de/',
    'https://3dsecure.bank.it/',
  ].map((from) => ({
    name: `UR-REF-PAY: ${from}`,
    from,
    kind: 'excluded' as const,
    source: null,
    medium: null,
    rule: 'UR-REF-PAY' as const,
  })),
  { name: 'UR-REF-PAY: a society is no bank', from: 'https://acs.org/', kind: 'referral', source: 'acs.org' },
]

test.each(rows)('$name', ({ name: _, url = '', from = null, ...expected }) => {
  expect(attribute(page + url, from, site)).toMatchObject({ status: 'ok', ...expected })
})

test.each([...clickIds].map(([name, expected]) => ({ name, expected })))('UR-CLICK: $name', ({ name, expected }) => {
  expect(attribute(`${page}?${name}=AbC`, null, site)).toMatchObject({
    kind: 'click',
    ...expected,
    clickId: 'AbC',
    rule: 'UR-CLICK',
  })
})

test('UR-CLICK: their order', () => {
  const all = [...clickIds.keys()]
  expect(all).toEqual(
    'gclid gbraid wbraid dclid msclkid fbclid ttclid twclid li_fat_id rdt_cid sccid epik yclid qclid irclickid awc cjevent mc_cid'.split(
      ' ',
    ),
  )
  for (const [place, name] of all.entries()) {
    const url = `${page}?${all
      .slice(place)
      .reverse()
      .map((later) => `${later}=1`)
      .join('&')}`
    expect(attribute(url, null, site).clickIdName).toBe(name)
  }
})

test.each([...emailIds].map(([name, expected]) => ({ name, expected })))(
  'UR-EMAILID: $name tells the mailer and is dropped',
  ({ name, expected }) => {
    const read = attribute(`${page}?${name}=PERSON`, 'https://mail.google.com/?PERSON', site)
    expect(read).toMatchObject({ ...expected, medium: 'email', clickId: null, rule: 'UR-EMAILID' })
    expect(JSON.stringify(read)).not.toContain('PERSON')
  },
)

test('what may be stored: a click id needs marketing, the addresses are clean', () => {
  const read = attribute(
    `${page}?gclid=CLICK&utm_source=x&email=a@b.de&foo=1#a=1`,
    'https://www.google.com/search?q=secret',
    site,
  )
  expect(read.storable).toEqual({
    url: `${page}?utm_source=x&email=REDACTED`,
    referrer: 'https://www.google.com/search',
    needsMarketing: ['clickId', 'clickIdName'],
  })
  expect(attribute(page, '', site).storable).toEqual({ url: page, referrer: null, needsMarketing: [] })
})

test.each([
  { name: 'an address for the host', siteHost: 'https://www.shop.example:8080/' },
  { name: 'a port', siteHost: 'shop.example:8080' },
  { name: 'capitals', siteHost: 'WWW.SHOP.EXAMPLE' },
])('UR-REF-INTERNAL: the site given with $name', ({ siteHost }) => {
  expect(attribute(page, page, siteHost).kind).toBe('internal')
})

test.each([
  { siteHost: 'localhost:3000', from: 'http://localhost:8080/', kind: 'internal' },
  { siteHost: '127.0.0.1', from: 'http://127.0.0.1/', kind: 'internal' },
  { siteHost: '127.0.0.1', from: 'http://127.0.0.2/', kind: 'referral' },
  { siteHost: 'one.github.io', from: 'https://two.github.io/', kind: 'referral' },
  { siteHost: 'one.github.io', from: 'https://one.github.io/', kind: 'internal' },
  { siteHost: 'a.co.uk', from: 'https://b.co.uk/', kind: 'referral' },
  { siteHost: 'shop.google.com', from: 'https://www.google.com/', kind: 'internal' },
  { siteHost: 'müller.de', from: 'https://www.xn--mller-kva.de/', kind: 'internal' },
  { siteHost: '', from: 'https://www.google.com/', kind: 'organic' },
  { siteHost: '', from: 'nonsense', kind: 'direct' },
])('UR-REF-INTERNAL: $from on $siteHost is $kind', ({ siteHost, from, kind }) => {
  expect(attribute(page, from, siteHost).kind).toBe(kind)
})

const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.webUrl({ withFragments: true, withQueryParameters: true }),
  fc
    .array(
      fc.constantFrom(
        'https://',
        'google.com',
        '?',
        '&',
        '=',
        '#',
        '%',
        '%25',
        'utm_source',
        'gclid',
        '@',
        '/',
        '.',
        '\0',
        '\ud800',
        'ü',
        '\\',
      ),
      { maxLength: 60 },
    )
    .map((parts) => parts.join('')),
)

test('any text is attributed, to texts that fit a column', { timeout: 30_000 }, () => {
  fc.assert(
    fc.property(hostile, hostile, hostile, (url, from, siteHost) => {
      const { status, kind, storable, needs, ...texts } = { needs: null, ...attribute(url, from, siteHost) }
      expect(status).toBe('ok')
      for (const text of Object.values(texts)) {
        if (typeof text === 'string') expect(text.length <= 256 && text.isWellFormed()).toBe(true)
      }
    }),
  )
})

test('a campaign in the address wins, whatever the referrer', { timeout: 30_000 }, () => {
  fc.assert(fc.property(hostile, (from) => attribute(`${page}?utm_source=x`, from, site).kind === 'campaign'))
})
