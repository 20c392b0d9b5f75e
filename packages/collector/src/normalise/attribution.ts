import { parse } from 'tldts'
import { cleanReferrer, cleanUrl, maxReadLength, partsOf, repairAmpersands } from './clean-url.ts'
import { clickIds, emailIds } from './click-ids.ts'
import { isPersonal, redacted } from './pii.ts'
import { type KnownReferrer, referrerApps, referrerHosts, referrerNames, threeDSecureLabel } from './referrers.ts'

/** How we know where a visit came from. `internal` and `excluded` say that it is not a visit of its own. */
export type AttributionKind =
  | 'campaign'
  | 'click'
  | 'organic'
  | 'social'
  | 'email'
  | 'referral'
  | 'direct'
  | 'internal'
  | 'excluded'

export type AttributionRule =
  | 'UR-UTM'
  | 'UR-UTM-AMP'
  | 'UR-UTM-HASH'
  | 'UR-CLICK'
  | 'UR-EMAILID'
  | 'UR-REF'
  | 'UR-REF-SPOOF'
  | 'UR-REF-APP'
  | 'UR-REF-INTERNAL'
  | 'UR-REF-PAY'

/** Where a visit came from. Texts are trimmed, at most 256 characters, and `REDACTED` where they held something personal. */
export interface Attribution {
  readonly status: 'ok'
  readonly kind: AttributionKind
  /** In lower case, or a host. `null` with a medium from `utm_medium` alone, and where the visit is `internal` or `excluded`. */
  readonly source: string | null
  readonly medium: string | null
  readonly campaign: string | null
  readonly term: string | null
  readonly content: string | null
  /** As it was sent, capitals and all. To be stored only with consent to marketing. Never the id of an e-mail's recipient. */
  readonly clickId: string | null
  /** Its parameter, in lower case. */
  readonly clickIdName: string | null
  /** What may be stored with consent to analytics alone: everything above but what `needsMarketing` names, and these addresses. */
  readonly storable: {
    readonly url: string
    /** Without its query; `null` where there was none. */
    readonly referrer: string | null
    readonly needsMarketing: readonly ('clickId' | 'clickIdName')[]
  }
  readonly rule: AttributionRule
}

/**
 * Tells where a visit came from, from the first page's address and referrer: campaign parameters before click ids before the referrer.
 * Meant for the page on which a session begins. Reads any text; what cannot be read says nothing.
 *
 * @param siteHost the shop's own host: whatever has the same registrable domain is the shop itself
 */
export function attribute(url: string | null | undefined, referrer: string | null | undefined, siteHost: string): Attribution {
  const { query, fragment } = partsOf((url ?? '').trim().slice(0, maxReadLength)) ?? { query: '', fragment: '' }
  const utm = readUtm(query, fragment)
  const parameters = valuesByName(query)
  const click = firstOf(clickIds, parameters)
  const person = firstOf(emailIds, parameters)
  const { campaign = null, term = null, content = null } = utm.values
  return {
    status: 'ok',
    ...origin(),
    campaign,
    term,
    content,
    clickId: click?.value ?? null,
    clickIdName: click?.name ?? null,
    storable: {
      url: cleanUrl(url ?? '').url,
      referrer: isBlank(referrer) ? null : cleanReferrer(referrer).url,
      needsMarketing: click === null ? [] : ['clickId', 'clickIdName'],
    },
  }

  function origin(): Origin {
    const { source = null, medium = null } = utm.values
    if (source !== null || medium !== null)
      return { kind: 'campaign', source: lower(source), medium: lower(medium), rule: utm.rule }
    if (click !== null) return { kind: 'click', source: click.source, medium: click.medium, rule: 'UR-CLICK' }
    if (person !== null) return { kind: 'click', source: person.source, medium: person.medium, rule: 'UR-EMAILID' }
    return readReferrer(referrer, siteHost)
  }
}

type Origin = Pick<Attribution, 'kind' | 'source' | 'medium' | 'rule'>

const maxValueLength = 256

const isBlank = (text: string | null | undefined): text is null | undefined | '' =>
  text === null || text === undefined || text.trim() === ''

const lower = (text: string | null): string | null => (text === redacted ? text : (text?.toLowerCase() ?? null))

const utmNames = ['source', 'medium', 'campaign', 'term', 'content'] as const

interface Utm {
  readonly values: Partial<Record<(typeof utmNames)[number], string>>
  readonly rule: 'UR-UTM' | 'UR-UTM-AMP' | 'UR-UTM-HASH'
}

/** The fragment counts only where the query has none. */
function readUtm(query: string, fragment: string): Utm {
  const values = utmIn(query)
  if (Object.keys(values).length > 0) return { values, rule: repairAmpersands(query) === query ? 'UR-UTM' : 'UR-UTM-AMP' }
  // `#utm_source=…`, and `#/page?utm_source=…` of sites that route by it.
  return { values: utmIn(fragment.slice(fragment.indexOf('?') + 1).replace(/^#/, '')), rule: 'UR-UTM-HASH' }
}

function utmIn(query: string): Utm['values'] {
  const found = valuesByName(query)
  const pairs = utmNames.flatMap((name) => {
    const value = found.get(`utm_${name}`)
    return value === undefined ? [] : [[name, isPersonal(value) ? redacted : value] as const]
  })
  return Object.fromEntries(pairs)
}

/** Names in lower case -> the first value that is not blank. Decoded as a form is, which never throws. */
function valuesByName(query: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>()
  for (const [key, sent] of new URLSearchParams(repairAmpersands(query))) {
    const name = key.trim().toLowerCase()
    const value = sent.trim().slice(0, maxValueLength).toWellFormed().trim()
    if (value !== '' && !values.has(name)) values.set(name, value)
  }
  return values
}

function firstOf(table: typeof clickIds, parameters: ReadonlyMap<string, string>) {
  for (const [name, { source, medium }] of table) {
    const value = parameters.get(name)
    if (value !== undefined) return { name, value: isPersonal(value) ? redacted : value, source, medium }
  }
  return null
}

const direct: Origin = { kind: 'direct', source: 'direct', medium: 'none', rule: 'UR-REF' }

function readReferrer(referrer: string | null | undefined, siteHost: string): Origin {
  const parsed = isBlank(referrer) ? null : URL.parse(referrer.slice(0, maxReadLength))
  const host = parsed?.hostname.toLowerCase().replace(/\.$/, '') ?? ''
  if (parsed === null || host === '') return direct
  if (parsed.protocol === 'android-app:') return readApp(host)
  if (parsed.protocol !== 'https:' && parsed.protocol !== 'http:') return direct
  if (isSameSite(host, siteHost)) return { kind: 'internal', source: null, medium: null, rule: 'UR-REF-INTERNAL' }
  const known = knownReferrer(host)
  if (known?.kind === 'excluded') return { ...known, rule: 'UR-REF-PAY' }
  if (known !== null) return { ...known, rule: 'UR-REF' }
  return {
    kind: 'referral',
    source: host.slice(0, maxValueLength),
    medium: 'referral',
    rule: looksKnown(host) ? 'UR-REF-SPOOF' : 'UR-REF',
  }
}

function readApp(name: string): Origin {
  const known = referrerApps.find(([app]) => (app.endsWith('.') ? name.startsWith(app) : name === app))?.[1]
  return { ...(known ?? { kind: 'referral', source: name.slice(0, maxValueLength), medium: 'referral' }), rule: 'UR-REF-APP' }
}

/** Shops of one platform share its domain and are not each other's pages, so the platforms' suffixes count here. */
function isSameSite(host: string, siteHost: string): boolean {
  const own = URL.parse(siteHost.includes('//') ? siteHost : `https://${siteHost}`)?.hostname.replace(/\.$/, '') ?? ''
  if (host === own) return true
  const domain = parse(host, { extractHostname: false, allowPrivateDomains: true }).domain
  return domain !== null && domain === parse(own, { extractHostname: false, allowPrivateDomains: true }).domain
}

function knownReferrer(host: string): KnownReferrer | null {
  const { domain, domainWithoutSuffix, subdomain, isIcann } = parse(host, { extractHostname: false })
  if (domain === null || isIcann !== true) return null
  // From the whole host down to the registrable domain, never past it: `paypal.com.example.org` is none of PayPal's.
  for (let name = host; name.length >= domain.length; name = name.slice(name.indexOf('.') + 1)) {
    const known = referrerHosts.get(name)
    if (known !== undefined) return known
  }
  const named = referrerNames.get(domainWithoutSuffix ?? '')
  if (named !== undefined && (!named.isBareOnly || subdomain === '' || subdomain === 'www')) {
    return { kind: named.kind, source: named.source, medium: named.medium }
  }
  const isThreeDSecure = (subdomain ?? '').split('.').some((label) => threeDSecureLabel.test(label))
  return isThreeDSecure ? { kind: 'excluded', source: null, medium: null } : null
}

const knownHosts = [...referrerHosts.keys()]

/** Would somebody who looks for known names anywhere in a host take it for one of them? */
function looksKnown(host: string): boolean {
  const { domainWithoutSuffix } = parse(host, { extractHostname: false })
  const labels = `.${host.replaceAll('-', '.')}.`
  const carries = (name: string): boolean => name !== domainWithoutSuffix && labels.includes(`.${name}.`)
  return knownHosts.some((known) => labels.includes(`.${known}.`)) || [...referrerNames.keys()].some(carries)
}
