import { isbot } from 'isbot'
import { UAParser } from 'ua-parser-js'

export type DeviceType = 'bot' | 'tv' | 'console' | 'tablet' | 'mobile' | 'desktop' | 'unknown'

/** What Chromium tells in request headers, and what only a script in the page can see. Each outranks the user agent's text. */
export interface ClientHints {
  /** `Sec-CH-UA-Mobile`: `?0` or `?1`. */
  readonly mobile?: string | null | undefined
  /** `Sec-CH-UA-Platform`, in quotation marks. */
  readonly platform?: string | null | undefined
  /** `Sec-CH-UA-Platform-Version`, in quotation marks. Sent only on request, which needs consent: it is active probing. */
  readonly platformVersion?: string | null | undefined
  /** `Sec-CH-UA`: brands with versions. */
  readonly brands?: string | null | undefined
  /** `navigator.maxTouchPoints`: the only thing in which Safari on an iPad differs from Safari on a Mac. */
  readonly maxTouchPoints?: number | null | undefined
}

export interface UserAgentReading {
  readonly status: 'ok'
  /** `bot` where `bot` is true: what else the text claims to be is made up. */
  readonly device: DeviceType
  /** Name without version: versions are frozen or reduced in most of today's texts. */
  readonly browser: string | null
  readonly os: string | null
  /** `null` where the text does not tell: browsers freeze it (Windows 10, macOS 10.15.7, Android 10, iOS 18.6 and 18.7). */
  readonly osVersion: string | null
  /** The app whose embedded browser this is. */
  readonly inApp: string | null
  readonly bot: boolean
  readonly rule: 'UA-TOKENS' | 'UA-HINTS' | 'UA-MISSING'
}

/** Longer is no browser's doing; parsing it would only cost time. */
const maxLength = 1024

/**
 * Tells what kind of device and browser sent a request. The kind of device comes from tokens in a fixed order (a TV says `Mobile`, an
 * Xbox says `Windows NT`), the names from ua-parser-js, the bot flag from isbot.
 */
export function parseUserAgent(userAgent: string | null | undefined, hints: ClientHints = {}): UserAgentReading {
  const text = (userAgent ?? '').slice(0, maxLength)
  if (text.trim() === '') {
    return {
      status: 'ok',
      device: 'unknown',
      browser: null,
      os: null,
      osVersion: null,
      inApp: null,
      bot: false,
      rule: 'UA-MISSING',
    }
  }
  const { browser, os } = new UAParser(text).getResult()
  const brand = brandIn(hints)
  const bot = (isbot(text) && !bareTv.test(text)) || botTokens.test(text) || brand === 'HeadlessChrome'
  const byTokens = bot ? 'bot' : deviceIn(text)
  const isPad = byTokens === 'desktop' && (hints.maxTouchPoints ?? 0) > 1 && text.includes('Macintosh')
  const device = isPad ? 'tablet' : hintedDevice(byTokens, hints)
  const system = isPad ? 'iOS' : (platformOf(hints) ?? os.name ?? null)
  return {
    status: 'ok',
    device,
    browser: brand ?? browser.name ?? null,
    os: system,
    osVersion: isPad ? safariVersion(text) : (hintedVersion(system, hints) ?? (system === os.name ? versionIn(text, os) : null)),
    inApp: bot ? null : (inAppTokens.find(([, pattern]) => pattern.test(text))?.[0] ?? null),
    bot,
    rule: device === byTokens ? 'UA-TOKENS' : 'UA-HINTS',
  }
}

// Says nothing but its name, which isbot takes for a program's.
const bareTv = /^AppleTV\d/
// Beside what isbot knows.
const botTokens = /\b(?:headless|crawl|spider|scrap(?:er|y)|facebookexternalhit)/i

// Some televisions write Andr0id and Chr0me, most say Linux, many say Mobile.
const tv =
  /smart-?tv|\btv\b|web0s|webos\.tv|tizen tv|bravia|hbbtv|vidaa|crkey|chromecast|\broku|apple ?tv|netcast|googletv|android ?tv|andr0id|chr0me|viera|aquos/i
const tvWord = /[a-z]TV\b|\bAFT[A-Z0-9]{1,12}\b/
const gameConsole = /playstation|xbox|nintendo/i
const tablet = /ipad|tablet(?! pc)|kindle|playbook/i
const mobile = /iphone|ipod|windows phone|iemobile|kaios|opera mini|opera mobi|blackberry|bb10|midp|\bmobile\b/i
const desktop = /windows nt|macintosh|x11|cros|linux/i

function deviceIn(text: string): DeviceType {
  const saysMobile = /mobile|phone/i.test(text)
  if (tv.test(text) || tvWord.test(text)) return 'tv'
  if (gameConsole.test(text)) return 'console'
  if (tablet.test(text)) return 'tablet'
  // The word is all that is left to tell Android's telephones from its tablets.
  if (/\bandroid\b|\bsilk\//i.test(text)) return saysMobile ? 'mobile' : 'tablet'
  if (mobile.test(text)) return 'mobile'
  return desktop.test(text) ? 'desktop' : 'unknown'
}

/** A hint says `mobile` or not; about televisions and consoles, which also say so, the text knows more. */
const hintedDevice = (byTokens: DeviceType, { mobile }: ClientHints): DeviceType =>
  mobile === '?1' && (byTokens === 'tablet' || byTokens === 'desktop' || byTokens === 'unknown') ? 'mobile' : byTokens

const inAppTokens: readonly (readonly [string, RegExp])[] = [
  ['threads', /barcelona/i],
  ['instagram', /instagram/i],
  ['facebook', /\bfban\/|\bfbav\/|\bfb_iab\b/i],
  ['tiktok', /musical_ly|bytedancewebview|tiktok/i],
  ['pinterest', /pinterest/i],
  ['snapchat', /snapchat/i],
  ['twitter', /\btwitter/i],
  ['linkedin', /linkedinapp/i],
  ['line', /\bline\//i],
  ['wechat', /micromessenger/i],
  ['naver', /\bnaver\b/i],
  ['kakaotalk', /kakaotalk/i],
  ['google_app', /\bgsa\//i],
  ['bing', /bingsapphire/i],
  ['android_webview', /; wv\)|version\/4\.0 chrome\//i],
]

/** A header's value without its quotation marks; `null` for what no browser sends. */
function hintText(hint: string | null | undefined): string | null {
  const text = hint?.slice(0, 64).replaceAll('"', '').trim() ?? ''
  return text === '' || text.length > 32 ? null : text
}

const platformOf = ({ platform }: ClientHints): string | null => platforms.get(hintText(platform) ?? '') ?? null

/** The hint's names -> those of ua-parser-js, so that one system has one name. */
const platforms: ReadonlyMap<string, string> = new Map([
  ['Windows', 'Windows'],
  ['macOS', 'Mac OS'],
  ['Linux', 'Linux'],
  ['Android', 'Android'],
  ['iOS', 'iOS'],
  ['Chrome OS', 'Chromium OS'],
  ['Chromium OS', 'Chromium OS'],
])

/** Browsers that say Chrome in their text and their name in the hint -> the name of ua-parser-js. */
const brandNames: readonly (readonly [string, string])[] = [
  ['"HeadlessChrome"', 'HeadlessChrome'],
  ['"Microsoft Edge"', 'Edge'],
  ['"Brave"', 'Brave'],
  ['"Opera"', 'Opera'],
  ['"Vivaldi"', 'Vivaldi'],
  ['"Samsung Internet"', 'Samsung Browser'],
]

const brandIn = ({ brands }: ClientHints): string | null => {
  const text = brands?.slice(0, 512) ?? ''
  return brandNames.find(([brand]) => text.includes(brand))?.[1] ?? null
}

function hintedVersion(system: string | null, { platformVersion }: ClientHints): string | null {
  const version = hintText(platformVersion)
  if (version === null || !/^\d{1,4}(?:\.\d{1,6}){0,3}$/.test(version)) return null
  if (system !== 'Windows') return version.replace(/(?:\.0)+$/, '')
  // Windows counts its own way there: from 13 it is Windows 11, and before 1 it is older than 10.
  const major = Number(version.split('.', 1)[0])
  return major >= 13 ? '11' : major >= 1 ? '10' : null
}

function versionIn(
  text: string,
  { name, version }: { readonly name?: string | undefined; readonly version?: string | undefined },
): string | null {
  if (version === undefined) return null
  switch (name) {
    case 'iOS':
      // Since iOS 26 the system's own number stands still, and the browser's is the system's.
      return safariVersion(text) ?? (version === '18.6' || version === '18.7' ? null : version)
    case 'Windows':
      return version === '10' ? null : version
    case 'Mac OS':
      return /^10\.15(?:\.7)?$/.test(version) ? null : version
    case 'Android':
      return /android 10; k\)/i.test(text) ? null : version
    case 'Chromium OS':
      return null
    default:
      return version
  }
}

const safariVersion = (text: string): string | null => /\bVersion\/(\d{1,3}(?:\.\d{1,3}){0,2})/.exec(text)?.[1] ?? null
