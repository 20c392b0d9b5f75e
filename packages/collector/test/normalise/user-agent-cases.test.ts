import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type DeviceType, parseUserAgent } from '../../src/normalise/user-agent.ts'

const webkit = 'AppleWebKit/605.1.15 (KHTML, like Gecko)'
const blink = 'AppleWebKit/537.36 (KHTML, like Gecko)'
const mac = 'Macintosh; Intel Mac OS X 10_15_7'

/** Texts by the kind of device, in the order in which their tokens are looked for. */
const devices: Readonly<Record<Exclude<DeviceType, 'unknown'>, readonly string[]>> = {
  bot: [
    'Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)',
    `Mozilla/5.0 (Linux; Android 6.0.1; Nexus 5X Build/MMB29P) ${blink} Chrome/141.0.0.0 Mobile Safari/537.36 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)`,
    `Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) ${webkit} Version/17.5 Mobile/15E148 Safari/604.1 (Applebot/0.1; +http://www.apple.com/go/applebot)`,
    'facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)',
    'Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)',
    'Mozilla/5.0 (compatible; Baiduspider/2.0; +http://www.baidu.com/search/spider.html)',
    'ia_archiver-web.archive.org crawler',
    'Twitterbot/1.0',
    'WhatsApp/2.24.11.77 A',
    'Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)',
    `Mozilla/5.0 (Windows NT 6.1; WOW64) ${blink} BingPreview/1.0b`,
    `Mozilla/5.0 (X11; Linux x86_64) ${blink} HeadlessChrome/141.0.0.0 Safari/537.36`,
    'Wget/1.24.5',
    'curl/8.9.1',
    'python-requests/2.32.3',
    'Python/3.12 aiohttp/3.10.5',
    'Go-http-client/2.0',
    'axios/1.7.7',
    'okhttp/4.12.0',
    'PostmanRuntime/7.42.0',
    'Mozilla/5.0 (compatible; UptimeRobot/2.0; http://www.uptimerobot.com/)',
    `Mozilla/5.0 ${blink}; compatible; GPTBot/1.2; +https://openai.com/gptbot`,
    `Mozilla/5.0 ${blink}; compatible; ClaudeBot/1.0; +claudebot@anthropic.com`,
    'Mozilla/5.0 (compatible; PerplexityBot/1.0; +https://perplexity.ai/perplexitybot)',
    `Mozilla/5.0 ${blink}; compatible; ChatGPT-User/1.0; +https://openai.com/bot`,
    'Mozilla/5.0 (Web0S; Linux/SmartTV) Monitor',
  ],
  tv: [
    `Mozilla/5.0 (Web0S; Linux/SmartTV) ${blink} Chrome/120.0.6099.270 Safari/537.36 WebAppManager`,
    `Mozilla/5.0 (SMART-TV; LINUX; Tizen 8.0) ${blink} 120.0.6099.5/8.0 TV Safari/537.36`,
    `Mozilla/5.0 (Linux; Android 12; BRAVIA 4K VH2) ${blink} Chrome/120.0.0.0 Safari/537.36`,
    `Mozilla/5.0 (Linux; Andr0id 9; BRAVIA 4K UR2) ${blink} Chr0me/103.0.0.0 Safari/537.36`,
    `Mozilla/5.0 (Linux; Andr0id 11) ${blink} Mobile Safari/537.36`,
    `Mozilla/5.0 (X11; Linux armv7l) ${blink} Chrome/90.0.4430.225 Safari/537.36 CrKey/1.56.500000`,
    `Mozilla/5.0 (Linux; Android 12.0; Build/STTL.240508.005) ${blink} Chrome/128.0.0.0 Safari/537.36 CrKey/1.56.500000 DeviceType/AndroidTV`,
    `Mozilla/5.0 (Linux; Android 9; AFTMM Build/PS7633) ${blink} Silk/120.3.1 like Chrome/120.0.0.0 Safari/537.36`,
    `Mozilla/5.0 (Linux; U; Android 7.1.2; en-us; AFTT Build/NS6297) AppleWebKit/537.36 Mobile Safari/537.36`,
    `Mozilla/5.0 (Linux; VIDAA/6.0; HbbTV/1.6.1 (; Hisense; SmartTV_6.0;)) ${blink} Chrome/88.0.4324.152 Safari/537.36`,
    'HbbTV/1.4.1 (+DRM;Samsung;SmartTV2019:UE55;T-KTM2DEUC;;)',
    'Roku/DVP-12.5 (12.5.0.4178-AF)',
    'AppleTV11,1/11.1',
    'Mozilla/5.0 (Linux; NetCast; U) AppleWebKit/537.31 (KHTML, like Gecko) Chrome/38.0.2125.122 Safari/537.31 SmartTV/7.0',
    `Mozilla/5.0 (Linux; Android 11; MiTV-AXSO0) ${blink} Chrome/128.0.0.0 Mobile Safari/537.36`,
    `Mozilla/5.0 (Linux; Android 10; SHIELD Android TV) ${blink} Chrome/121.0.0.0 Safari/537.36`,
  ],
  console: [
    `Mozilla/5.0 (Windows NT 10.0; Win64; x64; Xbox; Xbox Series X) ${blink} Chrome/129.0.0.0 Safari/537.36 Edg/129.0.0.0`,
    'Mozilla/5.0 (PlayStation; PlayStation 5/9.60) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/15.4 Safari/605.1.15',
    'Mozilla/5.0 (PlayStation 4 11.00) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/14.0 Safari/605.1.15',
    'Mozilla/5.0 (Nintendo Switch; WifiWebAuthApplet) AppleWebKit/609.4 (KHTML, like Gecko) NF/6.0.3.15.4 NintendoBrowser/5.1.0.23682',
    'Mozilla/5.0 (Nintendo WiiU) AppleWebKit/536.30 (KHTML, like Gecko) NX/3.0.4.2.13 NintendoBrowser/4.3.2.11274.EU',
  ],
  tablet: [
    `Mozilla/5.0 (iPad; CPU OS 18_6 like Mac OS X) ${webkit} Version/26.1 Mobile/15E148 Safari/604.1`,
    `Mozilla/5.0 (iPad; CPU OS 17_7 like Mac OS X) ${webkit} CriOS/141.0.7390.41 Mobile/15E148 Safari/604.1`,
    `Mozilla/5.0 (Linux; Android 10; K) ${blink} Chrome/142.0.0.0 Safari/537.36`,
    `Mozilla/5.0 (Linux; Android 13; SM-X906C) ${blink} SamsungBrowser/27.0 Chrome/125.0.0.0 Safari/537.36`,
    'Mozilla/5.0 (Android 14; Tablet; rv:144.0) Gecko/144.0 Firefox/144.0',
    `Mozilla/5.0 (Linux; Android 11; KFTRWI) ${blink} Silk/128.5.1 like Chrome/128.0.0.0 Safari/537.36`,
    'Mozilla/5.0 (X11; U; Linux armv7l like Android; en-us) AppleWebKit/531.2+ Version/5.0 Safari/533.2+ Kindle/3.0+',
  ],
  mobile: [
    `Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) ${webkit} Version/26.0 Mobile/15E148 Safari/604.1`,
    `Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) ${webkit} CriOS/141.0.7390.41 Mobile/15E148 Safari/604.1`,
    `Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) ${webkit} FxiOS/144.0 Mobile/15E148 Safari/605.1.15`,
    `Mozilla/5.0 (iPod touch; CPU iPhone OS 15_8 like Mac OS X) ${webkit} Version/15.6 Mobile/15E148 Safari/604.1`,
    `Mozilla/5.0 (Linux; Android 10; K) ${blink} Chrome/142.0.0.0 Mobile Safari/537.36`,
    `Mozilla/5.0 (Linux; Android 14; SM-S928B) ${blink} SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36`,
    'Mozilla/5.0 (Android 15; Mobile; rv:144.0) Gecko/144.0 Firefox/144.0',
    `Mozilla/5.0 (Linux; Android 12; KFONWI) ${blink} Silk/128.5.1 like Chrome/128.0.0.0 Mobile Safari/537.36`,
    `Mozilla/5.0 (Linux; Android 9; CUBOT_X19) ${blink} Chrome/128.0.0.0 Mobile Safari/537.36`,
    'Mozilla/5.0 (Windows Phone 10.0; Android 6.0.1; Microsoft; Lumia 950) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/52.0.2743.116 Mobile Safari/537.36 Edge/15.15254',
    'Mozilla/5.0 (Mobile; Nokia_8110_4G; rv:48.0) Gecko/48.0 Firefox/48.0 KAIOS/2.5.1',
    'Opera/9.80 (J2ME/MIDP; Opera Mini/7.1.32052/29.3709; U; en) Presto/2.8.119 Version/11.10',
    'Mozilla/5.0 (BB10; Touch) AppleWebKit/537.35+ (KHTML, like Gecko) Version/10.3.3.2205 Mobile Safari/537.35+',
  ],
  desktop: [
    `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${blink} Chrome/142.0.0.0 Safari/537.36`,
    `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${blink} Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0`,
    `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${blink} Chrome/140.0.0.0 Safari/537.36 OPR/124.0.0.0`,
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:144.0) Gecko/20100101 Firefox/144.0',
    'Mozilla/5.0 (compatible; MSIE 9.0; Windows NT 6.1; Trident/5.0; Tablet PC 2.0)',
    `Mozilla/5.0 (${mac}) ${webkit} Version/26.1 Safari/605.1.15`,
    `Mozilla/5.0 (${mac}) ${blink} Chrome/142.0.0.0 Safari/537.36`,
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:144.0) Gecko/20100101 Firefox/144.0',
    `Mozilla/5.0 (X11; Linux x86_64) ${blink} Chrome/142.0.0.0 Safari/537.36`,
    'Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0',
    `Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) ${blink} Chrome/142.0.0.0 Safari/537.36`,
    `Mozilla/5.0 (X11; Linux x86_64) ${webkit} Version/18.6 Safari/605.1.15 Epiphany/605.1.15`,
  ],
}

describe.each(Object.entries(devices))('UA-TOKENS: %s', (device, texts) => {
  test.each(texts)('%s', (text) => {
    expect(parseUserAgent(text)).toMatchObject({ status: 'ok', device, bot: device === 'bot', inApp: null, rule: 'UA-TOKENS' })
  })
})

test.each([
  {
    inApp: 'facebook',
    text: `Mozilla/5.0 (Linux; Android 14; SM-S918B; wv) ${blink} Version/4.0 Chrome/141.0.0.0 Mobile Safari/537.36 [FB_IAB/FB4A;FBAV/533.0.0;]`,
  },
  {
    inApp: 'facebook',
    text: `Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) ${webkit} Mobile/22F76 [FBAN/MessengerForiOS;FBAV/510.0;]`,
  },
  {
    inApp: 'instagram',
    text: `Mozilla/5.0 (Linux; Android 14; Pixel 8; wv) ${blink} Version/4.0 Chrome/141.0.0.0 Mobile Safari/537.36 Instagram 380.0.0.48.83 Android`,
  },
  {
    inApp: 'threads',
    text: `Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) ${webkit} Mobile/22F76 Barcelona 380.0.0.30.109`,
  },
  {
    inApp: 'tiktok',
    text: `Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) ${webkit} Mobile/15E148 musical_ly_37.5.0 BytedanceWebview/d8a21c6`,
  },
  { inApp: 'pinterest', text: `Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) ${webkit} Mobile/15E148 [Pinterest/iOS]` },
  {
    inApp: 'snapchat',
    text: `Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) ${webkit} Mobile/15E148 Snapchat/13.20.0.41`,
  },
  {
    inApp: 'twitter',
    text: `Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) ${webkit} Mobile/15E148 Twitter for iPhone/11.12`,
  },
  {
    inApp: 'linkedin',
    text: `Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) ${webkit} Mobile/15E148 [LinkedInApp]/9.31.1`,
  },
  { inApp: 'line', text: `Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) ${webkit} Mobile/15E148 Safari Line/15.6.0` },
  {
    inApp: 'wechat',
    text: `Mozilla/5.0 (Linux; Android 14; 2210132C; wv) ${blink} Version/4.0 Chrome/126.0.0.0 Mobile Safari/537.36 MicroMessenger/8.0.50`,
  },
  {
    inApp: 'naver',
    text: `Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) ${webkit} Mobile/15E148 Safari/605.1 NAVER(inapp; search; 2000; 12.9.3)`,
  },
  {
    inApp: 'kakaotalk',
    text: `Mozilla/5.0 (Linux; Android 14; SM-S921N; wv) ${blink} Version/4.0 Chrome/126.0.0.0 Mobile Safari/537.36 KAKAOTALK/11.0.5`,
  },
  {
    inApp: 'google_app',
    text: `Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) ${webkit} GSA/388.0.811331708 Mobile/15E148 Safari/604.1`,
  },
  {
    inApp: 'bing',
    text: `Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) ${webkit} Version/18.0 Mobile/15E148 Safari/605.1.15 BingSapphire/31.4`,
  },
  {
    inApp: 'android_webview',
    text: `Mozilla/5.0 (Linux; Android 4.4.2; GT-I9505) ${blink} Version/4.0 Chrome/30.0.0.0 Mobile Safari/537.36`,
  },
])('inside $inApp: $text', ({ text, inApp }) => {
  expect(parseUserAgent(text)).toMatchObject({ device: 'mobile', inApp, bot: false })
})

test('an online shop is not the app Line', () => {
  expect(parseUserAgent(`${devices.desktop[0]} ShopOnline/3.1`).inApp).toBeNull()
})

test.each([
  { name: 'Windows 10 or 11', text: devices.desktop[0], os: 'Windows', osVersion: null },
  {
    name: 'Windows 7',
    text: 'Mozilla/5.0 (Windows NT 6.1; Win64; x64; rv:115.0) Gecko/20100101 Firefox/115.0',
    os: 'Windows',
    osVersion: '7',
  },
  { name: 'macOS, frozen', text: devices.desktop[5], os: 'Mac OS', osVersion: null },
  { name: 'macOS, frozen by Firefox', text: devices.desktop[7], os: 'Mac OS', osVersion: null },
  {
    name: 'an old macOS',
    text: `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_13_6) ${webkit} Version/13.1 Safari/605.1.15`,
    os: 'Mac OS',
    osVersion: '10.13.6',
  },
  { name: 'Android, reduced', text: devices.mobile[4], os: 'Android', osVersion: null },
  { name: 'Android', text: devices.mobile[6], os: 'Android', osVersion: '15' },
  { name: 'iOS 26 says 18.7', text: devices.mobile[0], os: 'iOS', osVersion: '26.0' },
  { name: 'iPadOS 26 says 18.6', text: devices.tablet[0], os: 'iOS', osVersion: '26.1' },
  {
    name: 'iOS 18.7 or later, no Version',
    text: `Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) ${webkit} Mobile/15E148`,
    os: 'iOS',
    osVersion: null,
  },
  { name: 'iOS 18.5, no Version', text: devices.mobile[1], os: 'iOS', osVersion: '18.5' },
  { name: 'Chrome OS, frozen', text: devices.desktop[10], os: 'Chromium OS', osVersion: null },
])('the version of $name', ({ text, os, osVersion }) => {
  expect(parseUserAgent(text)).toMatchObject({ os, osVersion })
})

describe('UA-HINTS', () => {
  const [windows = '', , , , , safari = '', chromeMac = ''] = devices.desktop
  test.each([
    {
      name: 'mobile, whatever the text says',
      text: windows,
      hints: { mobile: '?1' },
      expect: { device: 'mobile', rule: 'UA-HINTS' },
    },
    {
      name: 'mobile where the word is missing',
      text: devices.tablet[2],
      hints: { mobile: '?1' },
      expect: { device: 'mobile', rule: 'UA-HINTS' },
    },
    {
      name: 'not mobile says nothing new',
      text: devices.tablet[2],
      hints: { mobile: '?0' },
      expect: { device: 'tablet', rule: 'UA-TOKENS' },
    },
    { name: 'a television stays one', text: devices.tv[2], hints: { mobile: '?1' }, expect: { device: 'tv' } },
    { name: 'a console stays one', text: devices.console[0], hints: { mobile: '?1' }, expect: { device: 'console' } },
    { name: 'a bot stays one', text: devices.bot[1], hints: { mobile: '?1' }, expect: { device: 'bot', bot: true } },
    {
      name: 'Windows 11',
      text: windows,
      hints: { platform: '"Windows"', platformVersion: '"15.0.0"' },
      expect: { os: 'Windows', osVersion: '11' },
    },
    { name: 'Windows 11 begins at 13', text: windows, hints: { platformVersion: '"13.0.0"' }, expect: { osVersion: '11' } },
    { name: 'Windows 10', text: windows, hints: { platformVersion: '"10.0.0"' }, expect: { osVersion: '10' } },
    { name: 'an older Windows', text: windows, hints: { platformVersion: '"0.3.0"' }, expect: { osVersion: null } },
    {
      name: 'macOS 26',
      text: chromeMac,
      hints: { platform: '"macOS"', platformVersion: '"26.1.0"' },
      expect: { os: 'Mac OS', osVersion: '26.1' },
    },
    {
      name: 'Android 16',
      text: devices.mobile[4],
      hints: { platform: '"Android"', platformVersion: '"16.0.0"' },
      expect: { osVersion: '16' },
    },
    {
      name: 'an iPad that claims to be a Mac',
      text: safari,
      hints: { maxTouchPoints: 5 },
      expect: { device: 'tablet', os: 'iOS', osVersion: '26.1', rule: 'UA-HINTS' },
    },
    { name: 'a Mac', text: safari, hints: { maxTouchPoints: 0 }, expect: { device: 'desktop', os: 'Mac OS', rule: 'UA-TOKENS' } },
    {
      name: 'a Windows with a touch screen',
      text: windows,
      hints: { maxTouchPoints: 10 },
      expect: { device: 'desktop', os: 'Windows' },
    },
    {
      name: 'Brave',
      text: windows,
      hints: { brands: '"Brave";v="142", "Chromium";v="142", "Not_A Brand";v="99"' },
      expect: { browser: 'Brave' },
    },
    {
      name: 'Chrome',
      text: windows,
      hints: { brands: '"Google Chrome";v="142", "Chromium";v="142"' },
      expect: { browser: 'Chrome', bot: false },
    },
    {
      name: 'a headless browser that hides',
      text: windows,
      hints: { brands: '"HeadlessChrome";v="142"' },
      expect: { bot: true, device: 'bot' },
    },
    {
      name: 'nonsense',
      text: windows,
      hints: { platform: '"<script>"', platformVersion: '"1e9"', mobile: 'yes', brands: '"' },
      expect: { os: 'Windows', osVersion: null, device: 'desktop' },
    },
  ])('$name', ({ text, hints, expect: expected }) => {
    expect(parseUserAgent(text, hints)).toMatchObject(expected)
  })
})

test('any text and any hint have an answer', { timeout: 30_000 }, () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 4000 }),
    fc.constantFrom('android '.repeat(500), 'silk/'.repeat(500), 'xTV'.repeat(500), 'Version/1.'.repeat(300)),
  )
  const hint = fc.option(fc.string({ unit: 'binary', maxLength: 600 }))
  fc.assert(
    fc.property(text, hint, hint, hint, hint, (userAgent, mobile, platform, platformVersion, brands) => {
      const read = parseUserAgent(userAgent, { mobile, platform, platformVersion, brands })
      expect(read.status).toBe('ok')
      expect(read.bot).toBe(read.device === 'bot')
    }),
  )
})
