import { LRUCache } from 'lru-cache'
import { clickIds } from './click-ids.ts'
import { anyDecoding, decodePercent, isPersonalKey, isPersonalPart, mayBePersonal, redacted } from './pii.ts'

/** What of an address may be stored. */
export interface CleanUrl {
  readonly status: 'ok'
  readonly url: string
  /** `UR-PII`: something personal went. `UR-QUERY`: only parameters that no report needs. `UR-PII-KEEP`: nothing to take out. */
  readonly rule: 'UR-PII' | 'UR-QUERY' | 'UR-PII-KEEP'
}

export interface CleanUrlOptions {
  /**
   * Keep the ids of clicks on advertisements? Only with consent to marketing.
   * @defaultValue false
   */
  readonly mayKeepClickIds?: boolean
}

/**
 * Parameters that a shop's reports ask about, beside `utm_*` and `filter*`: what was searched, listed, looked at. In lower case.
 * All others are left out: nobody knows what is in them.
 */
export const keptParameters: ReadonlySet<string> = new Set([
  ...['q', 'query', 's', 'search', 'search_query', 'keyword', 'keywords'],
  ...[
    'page',
    'p',
    'per_page',
    'limit',
    'offset',
    'sort',
    'sort_by',
    'sortby',
    'order',
    'order_by',
    'dir',
    'direction',
    'view',
    'tab',
  ],
  ...[
    'category',
    'cat',
    'collection',
    'brand',
    'type',
    'tag',
    'color',
    'colour',
    'size',
    'material',
    'price',
    'price_min',
    'price_max',
  ],
  ...['min_price', 'max_price', 'product', 'product_id', 'id', 'sku', 'ean', 'gtin', 'variant', 'variant_id'],
  ...['lang', 'language', 'locale', 'country', 'currency'],
])

const keptPrefixes = ['utm_', 'filter']

/**
 * Makes an address fit to be stored (UR-PII): without user and password; with the parameters of `keptParameters` only; with `REDACTED` in
 * the place of values that are personal by their name or their look, in the path too; without a fragment that holds `key=value`.
 * Takes any text: relative addresses stay relative, of `javascript:`, `data:`, `mailto:` and the like the scheme alone is left.
 * Cleaning twice changes nothing more.
 */
export function cleanUrl(url: string, { mayKeepClickIds = false }: CleanUrlOptions = {}): CleanUrl {
  const cleaned = mayKeepClickIds ? cleanedWithClickIds : cleanedWithout
  const known = cleaned.get(url)
  if (known !== undefined) return known
  const clear = clean(url, {
    keepsParameter: (key) => isKept(key) || (mayKeepClickIds && clickIds.has(key)),
    keepsFragment: (fragment) => !anyDecoding(fragment, (text) => text.includes('=')),
  })
  if (url.length <= maxRemembered) cleaned.set(url, clear)
  return clear
}

/** Each event of a batch is of the same few pages. */
const cleanedWithout = new LRUCache<string, CleanUrl>({ max: 100 })
const cleanedWithClickIds = new LRUCache<string, CleanUrl>({ max: 100 })
/** Of an address, in characters. */
const maxRemembered = 2048

const isKept = (key: string): boolean => keptParameters.has(key) || keptPrefixes.some((prefix) => key.startsWith(prefix))

/** The same for the page a visitor came from, of which no parameter is kept: they are another site's business. */
export const cleanReferrer = (url: string): CleanUrl => clean(url, { keepsParameter: null, keepsFragment: () => false })

/** Takes out what is personal and nothing else: for addresses in fields of which nobody knows what they are for. */
export const redactUrl = (url: string): CleanUrl => clean(url, { keepsParameter: () => true, keepsFragment: () => true })

/** What stays of an address unless it is personal. */
interface Keeping {
  /** By the parameter's name in lower case; `null` drops the query, redacted parameters with it. */
  readonly keepsParameter: ((key: string) => boolean) | null
  readonly keepsFragment: (fragment: string) => boolean
}

// Most addresses of a shop: a page, and nothing else.
const plainPage = /^https?:\/\/[\w.:-]{1,256}(?:\/[\w.~/-]{0,1024})?$/

function clean(url: string, keeping: Keeping): CleanUrl {
  if (plainPage.test(url) && !mayBePersonal(url)) return { status: 'ok', url, rule: 'UR-PII-KEEP' }
  const text = bounded(url.trim())
  const parts = partsOf(text)
  if (parts === null || isPersonalPart(parts.origin)) {
    const scheme = schemeOf(text) ?? ''
    return { status: 'ok', url: scheme, rule: scheme === url ? 'UR-PII-KEEP' : 'UR-PII' }
  }
  const { origin, path, query, fragment, hasUser } = parts
  const keptPath = mayBePersonal(path) ? path.split('/').map(redactSegment).join('/') : path
  const parameters = keptQuery(query, keeping.keepsParameter)
  const isFragmentPersonal = isPersonalPart(fragment)
  const keptFragment = !isFragmentPersonal && keeping.keepsFragment(fragment) ? fragment : ''
  const kept = `${origin}${keptPath}${parameters.text}${keptFragment}`.trimEnd()
  const hasPersonal = hasUser || keptPath !== path || parameters.hasPersonal || isFragmentPersonal
  return { status: 'ok', url: kept, rule: hasPersonal ? 'UR-PII' : kept === url ? 'UR-PII-KEEP' : 'UR-QUERY' }
}

/** Longer addresses are read to here; four times what is stored, since much of one may be left out. */
export const maxReadLength = 8192

/** Cuts before the last part that fits: half an e-mail address would not be known as one. */
function bounded(text: string): string {
  if (text.length <= maxReadLength) return text
  const head = text.slice(0, maxReadLength)
  return head.slice(0, Math.max(...['/', '?', '&', '#'].map((mark) => head.lastIndexOf(mark)), 0))
}

interface UrlParts {
  /** `https://shop.example:8080`; empty for a relative address. */
  readonly origin: string
  readonly path: string
  /** With its question mark. */
  readonly query: string
  /** With its hash sign. */
  readonly fragment: string
  /** Stood a user or a password before the host? */
  readonly hasUser: boolean
}

const absolute = /^([a-z][a-z0-9+.-]{0,31}:\/\/[^/?#\\@\s]*)((?:\/[^?#]*)?)(\?[^#]*)?(#.*)?$/is
const relative = /^([^?#]*)(\?[^#]*)?(#.*)?$/s
/** `//jane@`, and what would stand before the host once that is gone. */
const usersBefore = /^[/\\]{2}(?:[/\\]*[^/\\]*@)+/

/**
 * Cuts an address in its parts without rewriting them. Only where a browser would see another host than stands there at first sight (a user
 * before it, a backslash, a line break within it) the URL parser decides. `null` for what is no address of a page or cannot be opened.
 */
export function partsOf(text: string): UrlParts | null {
  const scheme = schemeOf(text)
  if (scheme === null) {
    const [, rest = '', query = '', fragment = ''] = relative.exec(text) ?? []
    const path = rest.replace(usersBefore, (start) => start.replace(/[^/\\]/g, ''))
    return { origin: '', path, query, fragment, hasUser: path !== rest }
  }
  if (/^about:[a-z]{1,16}$/.test(text)) return { origin: text, path: '', query: '', fragment: '', hasUser: false }
  if (contents.has(scheme)) return null
  const [, origin, path = '', query = '', fragment = ''] = absolute.exec(text) ?? []
  if (origin !== undefined) return { origin, path, query, fragment, hasUser: false }
  const url = URL.parse(text)
  if (url === null || url.host === '') return null
  const hasUser = url.username !== '' || url.password !== ''
  return { origin: `${url.protocol}//${url.host}`, path: url.pathname, query: url.search, fragment: url.hash, hasUser }
}

/** `shop.example:8080/p` without its scheme looks as if it had one. */
const hostWithPort = /^[a-z][a-z0-9.-]{0,253}:\d{1,5}(?:[/?#]|$)/i

/** In lower case, with its colon; `null` for a relative address. */
const schemeOf = (text: string): string | null =>
  hostWithPort.test(text) ? null : (/^[a-z][a-z0-9+.-]{0,31}:/i.exec(text)?.[0].toLowerCase() ?? null)

/** With or without slashes, these hold no address of a page: a script, a document, a path on somebody's disk. */
const contents: ReadonlySet<string> = new Set(['javascript:', 'vbscript:', 'data:', 'blob:', 'file:', 'mailto:', 'tel:', 'sms:'])

function redactSegment(segment: string): string {
  // `/shoes;jsessionid=…`: the page is worth keeping.
  const parts = segment.includes(';') ? segment.split(';').map(redactPair).join(';') : redactPair(segment)
  return isPersonalPart(parts) ? redacted : parts
}

function redactPair(part: string): string {
  const equals = part.indexOf('=')
  return equals > 0 && equals < part.length - 1 && isPersonalKey(part.slice(0, equals))
    ? `${part.slice(0, equals)}=${redacted}`
    : part
}

/** Keys that may stay when their value was redacted, so that a shop sees which of its pages leak: names, not texts. */
const plainKey = /^[\w.[\]%-]{1,64}$/

function keptQuery(
  query: string,
  keepsParameter: Keeping['keepsParameter'],
): { readonly text: string; readonly hasPersonal: boolean } {
  if (query === '') return { text: '', hasPersonal: false }
  let hasPersonal = false
  const kept: string[] = []
  for (const parameter of repairAmpersands(query.slice(1)).split('&')) {
    if (parameter.trim() === '') continue
    const equals = parameter.indexOf('=')
    const key = equals < 0 ? parameter : parameter.slice(0, equals)
    const value = equals < 0 ? '' : parameter.slice(equals + 1)
    const isKeyPersonal = isPersonalPart(key)
    const isPersonal = isKeyPersonal || (value !== '' && value !== redacted && (isPersonalKey(key) || isPersonalPart(value)))
    hasPersonal ||= isPersonal
    if (keepsParameter === null || isKeyPersonal) continue
    if (isPersonal || value === redacted) {
      if (plainKey.test(key)) kept.push(`${key}=${redacted}`)
    } else if (keepsParameter(decodePercent(key).toLowerCase())) kept.push(parameter)
  }
  return { text: kept.length === 0 ? '' : `?${kept.join('&')}`, hasPersonal }
}

/** Links copied from HTML source keep its escapes (UR-UTM-AMP). */
export const repairAmpersands = (query: string): string => (/&amp;/i.test(query) ? query.replace(/&(?:amp;){1,8}/gi, '&') : query)
