import { expect, test } from 'vitest'
import { parseUserAgent } from '../../src/normalise/user-agent.ts'

const chromeWindows =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36'

test.each([
  { name: 'Chrome on Windows', ua: chromeWindows, device: 'desktop', browser: 'Chrome', os: 'Windows' },
  {
    name: 'Safari on a Mac',
    ua: 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Safari/605.1.15',
    device: 'desktop',
    browser: 'Safari',
    os: 'Mac OS',
  },
  {
    name: 'Firefox on Linux',
    ua: 'Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0',
    device: 'desktop',
    browser: 'Firefox',
    os: 'Linux',
  },
  {
    name: 'Safari on an iPhone',
    ua: 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Mobile/15E148 Safari/604.1',
    device: 'mobile',
    browser: 'Mobile Safari',
    os: 'iOS',
  },
  {
    name: 'Chrome on an Android phone',
    ua: 'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Mobile Safari/537.36',
    device: 'mobile',
    browser: 'Chrome',
    os: 'Android',
  },
  {
    name: 'Chrome on an Android tablet, which does not say Mobile',
    ua: 'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36',
    device: 'tablet',
    browser: 'Chrome',
    os: 'Android',
  },
  {
    name: 'an iPad that says so',
    ua: 'Mozilla/5.0 (iPad; CPU OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1',
    device: 'tablet',
    browser: 'Mobile Safari',
    os: 'iOS',
  },
  {
    name: 'a television that says Mobile Safari',
    ua: 'Mozilla/5.0 (Web0S; Linux/SmartTV) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/108.0.5359.211 Safari/537.36 WebAppManager',
    device: 'tv',
    browser: 'Chrome',
  },
  {
    name: 'an Xbox, which says Windows',
    ua: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; Xbox; Xbox One) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36 Edge/44.18363.8131',
    device: 'console',
    browser: 'Edge',
  },
  { name: 'nothing', ua: '', device: 'unknown', browser: null, os: null, rule: 'UA-MISSING' },
  { name: 'no header', ua: undefined, device: 'unknown', browser: null, os: null, rule: 'UA-MISSING' },
])('$name', ({ ua, name: _, ...expected }) => {
  expect(parseUserAgent(ua)).toMatchObject({ status: 'ok', bot: false, inApp: null, ...expected })
})

test.each([
  'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
  'facebookexternalhit/1.1',
  'curl/8.5.0',
  'python-requests/2.32',
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/141.0.0.0 Safari/537.36',
])('a bot: %s', (ua) => {
  expect(parseUserAgent(ua).bot).toBe(true)
})

test.each([
  {
    inApp: 'instagram',
    ua: 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 Instagram 380.0.0.28.104',
  },
  {
    inApp: 'facebook',
    ua: 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/22F76 [FBAN/FBIOS;FBAV/510.0]',
  },
  {
    inApp: 'android_webview',
    ua: 'Mozilla/5.0 (Linux; Android 14; Pixel 8; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/141.0.0.0 Mobile Safari/537.36',
  },
])('inside $inApp', ({ ua, inApp }) => {
  expect(parseUserAgent(ua)).toMatchObject({ device: 'mobile', inApp, bot: false })
})

test('client hints outrank the text', () => {
  expect(parseUserAgent(chromeWindows, { mobile: '?1' })).toMatchObject({ device: 'mobile', rule: 'UA-HINTS' })
  expect(parseUserAgent(chromeWindows, { mobile: '?0', platform: '"macOS"' })).toMatchObject({ device: 'desktop', os: 'Mac OS' })
  expect(parseUserAgent(chromeWindows, { platform: '"<script>"' }).os).toBe('Windows')
})
