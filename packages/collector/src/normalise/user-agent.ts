import { isbot } from 'isbot'
import { UAParser } from 'ua-parser-js'

export type DeviceType = 'desktop' | 'mobile' | 'tablet' | 'tv' | 'console' | 'unknown'

/** Request headers that Chromium sends by itself. */
export interface ClientHints {
  /** `Sec-CH-UA-Mobile`: `?0` or `?1`. */
  readonly mobile?: string | null | undefined
  /** `Sec-CH-UA-Platform`, in quotation marks. */
  readonly platform?: string | null | undefined
}

export interface UserAgentReading {
  readonly status: 'ok'
  readonly device: DeviceType
  /** Name without version: versions are frozen or reduced in most of today's texts. */
  readonly browser: string | null
  readonly os: string | null
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
    return { status: 'ok', device: 'unknown', browser: null, os: null, inApp: null, bot: false, rule: 'UA-MISSING' }
  }
  const parsed = new UAParser(text).getResult()
  const byTokens = deviceTokens.find(([, pattern]) => pattern.test(text))?.[0] ?? 'unknown'
  const isHinted = hints.mobile === '?1' && byTokens === 'desktop'
  return {
    status: 'ok',
    device: isHinted ? 'mobile' : byTokens,
    browser: parsed.browser.name ?? null,
    os: platformOf(hints) ?? parsed.os.name ?? null,
    inApp: inAppTokens.find(([, pattern]) => pattern.test(text))?.[0] ?? null,
    bot: isbot(text),
    rule: isHinted ? 'UA-HINTS' : 'UA-TOKENS',
  }
}

const deviceTokens: readonly (readonly [DeviceType, RegExp])[] = [
  ['tv', /smart-?tv|\btv\b|web0s|tizen tv|bravia|hbbtv|vidaa|crkey|\baft[a-z0-9]|roku|appletv|netcast|googletv|andr0id|chr0me/i],
  ['console', /playstation|xbox|nintendo/i],
  ['tablet', /ipad|tablet(?! pc)|silk\/(?!.*mobile)|kindle|playbook|android(?!.*(?:mobile|phone))/i],
  ['mobile', /iphone|ipod|android|windows phone|iemobile|kaios|opera mini|opera mobi|blackberry|bb10|midp|\bmobile\b/i],
  ['desktop', /windows nt|macintosh|x11|cros|linux/i],
]

const inAppTokens: readonly (readonly [string, RegExp])[] = [
  ['instagram', /instagram/i],
  ['threads', /barcelona/i],
  ['facebook', /\bfban\/|\bfbav\/|\bfb_iab\b/i],
  ['tiktok', /musical_ly|bytedancewebview|tiktok/i],
  ['pinterest', /pinterest\//i],
  ['snapchat', /snapchat/i],
  ['twitter', /\btwitter/i],
  ['line', /\bline\//i],
  ['wechat', /micromessenger/i],
  ['naver', /naver\(/i],
  ['kakaotalk', /kakaotalk/i],
  ['google_app', /\bgsa\//i],
  ['bing', /bingsapphire/i],
  ['android_webview', /; wv\)|version\/4\.0 chrome\//i],
]

const platformOf = ({ platform }: ClientHints): string | null => {
  const name = platform?.replaceAll('"', '').trim()
  return name === undefined || name === '' || name === 'Unknown' || name.length > 32 ? null : (platforms.get(name) ?? null)
}

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
