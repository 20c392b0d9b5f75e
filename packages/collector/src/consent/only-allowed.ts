import { type ConsentSnapshot, catalogue, consentPurposes, limits, propertyAliases } from '@footfall/events'
import { LRUCache } from 'lru-cache'
import { fieldWithin, type Notes, noteRepair } from '../normalise/notes.ts'
import type { Repair } from '../normalise/outcome.ts'
import { type Claim, hasPurpose, type PurposeSet, statesIn } from './decision.ts'

/** An event in the words of the wire, as it was sent or as it is stored. */
export type Fields = Readonly<Record<string, unknown>>

/** What decides how much of an event may be kept, beside what is in it. */
export interface Allowance {
  /** Of the event, as the catalogue calls it. */
  readonly name: string
  readonly isServer: boolean
  /** What may be kept with the event is for these purposes. */
  readonly allowed: PurposeSet
  /** What counts of its snapshot. */
  readonly consent: ConsentSnapshot | null
}

/** What of an event may be kept, whatever the event itself needs. The event itself where that is all, which is nearly always. */
export function onlyAllowed(event: Fields, allowance: Allowance, notes: Notes): Fields {
  const { allowed } = allowance
  const rest = allowed === 0 ? withoutIdentity(event, allowance, notes) : event
  return isUnsubscription(allowance) || hasPurpose(allowed, 'marketing') ? rest : withoutMarketingFields(rest, notes)
}

/** A mailer that hands on an unsubscription has to say whose it is: that is all it is for. */
const isUnsubscription = ({ name, isServer }: Allowance): boolean => isServer && name === 'email_unsubscribed'

/**
 * What is left of an event for which the ledger allows less than its snapshot claims. The snapshot says so from then on, and what repairs
 * had kept of it is forgotten.
 *
 * @param lost purposes that the snapshot claims and the ledger denies
 */
export function withoutLost(
  event: Fields,
  claim: Claim,
  { name, allowed, lost }: Pick<Allowance, 'name' | 'allowed'> & { readonly lost: PurposeSet },
  notes: Notes,
): { readonly event: Fields; readonly repairs: readonly Repair[] } {
  const denied = consentPurposes.filter((purpose) => hasPurpose(lost, purpose)).map((purpose) => [purpose, 'denied'])
  const consent = { ...(event.consent as ConsentSnapshot), ...Object.fromEntries(denied) } // a claim was made from it
  const isServer = claim.voice === 'person'
  const left = onlyAllowed({ ...event, consent }, { name, isServer, allowed, consent }, notes)
  const forget = (value: unknown): unknown => (allowed === 0 ? null : stripValue(value, '', 0, () => {}))
  const repairs = hasPurpose(allowed, 'marketing')
    ? notes.repairs
    : notes.repairs.map(({ field, from, to, rule }) =>
        field.split('.').some(isMarketingName)
          ? { field, from: null, to: null, rule }
          : { field, from: forget(from), to: forget(to), rule },
      )
  return { event: left, repairs }
}

/** What every event says of itself, and names nobody by. */
const plainFields = ['id', 'name', 'occurred_at', 'age_ms'] as const

/**
 * What is left of an event whose visitor agreed to nothing: that it happened, when, and what it is there to say, in the properties that the
 * catalogue has for it. Ids that were made on the device may not even exist, and any other field could hold one.
 */
function withoutIdentity(event: Fields, allowance: Allowance, notes: Notes): Fields {
  const { name, isServer, consent } = allowance
  const properties = Object.entries(isObject(event.properties) ? event.properties : {})
  const declared = properties.flatMap(([key, value]) => {
    const left = isDeclared(name, key) ? plainValue(value) : undefined
    return left === undefined ? [] : [[key, left] as const]
  })
  const user = isUnsubscription(allowance) ? ['user_id'] : []
  // The flag alone: a repair would keep what must not be kept.
  const identity = ['anonymous_id', 'session', 'user_id', 'traits'].filter((field) => !user.includes(field))
  const isPresent = (field: string): boolean => event[field] !== undefined && event[field] !== null && event[field] !== ''
  if (identity.some(isPresent) || declared.length < properties.length) notes.flags.add('identity_stripped')
  // A server names its touchpoints; what a page calls itself could be anything.
  const fields = [...plainFields, ...user, ...(isServer ? ['channel', 'source'] : [])]
  const plain = fields.flatMap((field) => (isShort(event[field]) ? [[field, event[field]] as const] : []))
  return { ...Object.fromEntries(plain), consent, properties: Object.fromEntries(declared) }
}

/** Is it a property that the catalogue has for the event, under whatever name? */
function isDeclared(name: string, key: string): boolean {
  const declared = Object.keys(catalogue.get(name)?.properties.entries ?? {})
  return declared.some((property) => property === key || propertyAliases.get(property)?.includes(key))
}

/** Short texts, numbers, and the states of purposes; nothing else is needed, and in anything else there is room for more. */
const plainValue = (value: unknown): unknown => (isShort(value) ? value : (statesIn(value) ?? undefined))

const isShort = (value: unknown): boolean =>
  typeof value === 'string' ? value.length <= limits.maxIdLength : typeof value === 'number' || typeof value === 'boolean'

const isObject = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * Ids that advertising networks and mailers give to one click of one person. They need consent to marketing, whatever the event is for.
 * In the names of parameters and of properties, in lower case.
 */
const clickIds: ReadonlySet<string> = new Set([
  'click_id',
  'clickid',
  // Google
  ...['gclid', 'gbraid', 'wbraid', 'dclid', '_gcl_aw', '_gcl_dc'],
  // Meta
  ...['fbclid', 'fbc', 'fbp', '_fbc', '_fbp'],
  ...[
    'msclkid',
    'ttclid',
    '_ttp',
    'twclid',
    'li_fat_id',
    'rdt_cid',
    'sccid',
    '_scid',
    'epik',
    'yclid',
    'ysclid',
    'qclid',
    'obclid',
  ],
  // Affiliate networks
  ...['irclickid', 'awc', 'cjevent', 'zanpid', 'sscid', 'tduid', 'tblci', 'dicbo', 'rb_clickid', 'wickedid', 'unicorn_click_id'],
  // Mailers
  ...[
    'mc_cid',
    'mc_eid',
    '_kx',
    'vero_id',
    'vero_conv',
    'mkt_tok',
    '_hsenc',
    '__hssc',
    '__hstc',
    '__hsfp',
    '__s',
    'ml_subscriber',
    'ml_subscriber_hash',
    'sb_eid',
    'bsft_uid',
    'bsft_clkid',
    'oly_anon_id',
    'oly_enc_id',
    'ss_email_id',
  ],
])

/** What people are found by across sites, as it is called in one vocabulary or another: in lower case, letters and digits only. */
const contactNames: ReadonlySet<string> = new Set([
  ...['email', 'emailaddress', 'phone', 'phonenumber'],
  ...[
    'emailhash',
    'hashedemail',
    'emailmd5',
    'emailsha1',
    'emailsha256',
    'md5email',
    'sha1email',
    'sha256email',
    'sha256emailaddress',
  ],
  ...['phonehash', 'hashedphone', 'phonesha256', 'sha256phone', 'sha256phonenumber'],
])

/** Nearly no name of a property does; those that do are looked at letter by letter. */
const startsLikeContact = new RegExp(`^[^a-z0-9]*[${[...new Set([...contactNames].map(([first]) => first))].join('')}]`)

/** Deeper than any event that is stored; what is nested further is kept aside, and not looked through. */
const maxDepth = 32

const isMarketingName = (name: string): boolean => {
  const lower = name.toLowerCase()
  return clickIds.has(lower) || (startsLikeContact.test(lower) && contactNames.has(lower.replace(/[^a-z0-9]/g, '')))
}

/**
 * Takes out what needs consent to marketing, wherever in the event it stands: click ids in addresses and properties, e-mail addresses,
 * telephone numbers and their hashes. That something was taken out is noted; what it was is not.
 */
export const withoutMarketingFields = (event: Fields, notes: Notes): Fields =>
  stripObject(event, '', 0, (field) => {
    notes.flags.add('marketing_stripped')
    noteRepair({ field, from: null, to: null, rule: 'CN-MARKETING' }, notes)
  })

/** The value itself where there is nothing to take out, which is nearly always. */
function stripValue(value: unknown, path: string, depth: number, note: (field: string) => void): unknown {
  if (typeof value === 'string') return stripText(value, () => note(path))
  if (typeof value !== 'object' || value === null) return value
  if (depth > maxDepth) return '[nested too deeply to keep]'
  return Array.isArray(value) ? stripList(value, path, depth, note) : stripObject(value as Fields, path, depth, note)
}

function stripList(list: readonly unknown[], path: string, depth: number, note: (field: string) => void): readonly unknown[] {
  let copy: unknown[] | null = null
  for (let index = 0; index < list.length; index += 1) {
    const after = stripValue(list[index], path, depth + 1, note)
    if (after === list[index]) continue
    copy ??= [...list]
    copy[index] = after
  }
  return copy ?? list
}

function stripObject(object: Fields, path: string, depth: number, note: (field: string) => void): Fields {
  let changed: Map<string, unknown> | null = null
  for (const name of Object.keys(object)) {
    const before = object[name]
    // A flag such as `email: true` says nothing about who it is.
    const goes = isMarketingName(name) && typeof before !== 'boolean' && before !== null && before !== ''
    if (goes) note(fieldWithin(path, name))
    const after = goes ? gone : isPlain(before) ? before : stripValue(before, fieldWithin(path, name), depth + 1, note)
    if (after !== before) changed = (changed ?? new Map<string, unknown>()).set(name, after)
  }
  if (changed === null) return object
  // From entries: a key such as `__proto__` stays data.
  return Object.fromEntries([...Object.entries(object), ...changed].filter(([name]) => changed.get(name) !== gone))
}

const gone = Symbol('gone')

const isPlain = (value: unknown): boolean =>
  typeof value === 'string' ? !mayHaveParameters(value) : typeof value !== 'object' || value === null

/** An address within an address within an address: more is not honest, and would be looked at for ever. */
const maxAddresses = 3

function stripText(text: string, note: () => void): string {
  if (!mayHaveParameters(text) || harmless.has(text)) return text
  const stripped = stripAddress(text, 0, note)
  if (stripped === text && text.length <= maxRemembered) harmless.set(text, true)
  return stripped
}

/** Addresses with nothing to take out: each event of a batch is of the same few pages. */
const harmless = new LRUCache<string, true>({ max: 100 })
/** Of an address, in characters: anything may come that looks like one. */
const maxRemembered = 2048

const mayHaveParameters = (text: string): boolean => text.includes('=') && /[?#]/.test(text)

/** Takes parameters out of an address, in its query and its fragment, and in addresses that stand there. All else stays as it was. */
function stripAddress(text: string, depth: number, note: () => void): string {
  if (!mayHaveParameters(text)) return text
  const stripped = text.replace(/([?&#;])([^=&#;?]*)=([^&#;]*)/g, (part, before: string, name: string, value: string) => {
    if (isMarketingName(decoded(name))) {
      note()
      return before === '&' || before === ';' ? '' : `${before}\0`
    }
    const inner = depth < maxAddresses && value.includes('%') ? decoded(value) : value
    const strippedInner = inner === value ? inner : stripAddress(inner, depth + 1, note)
    return strippedInner === inner ? part : `${before}${name}=${encodeURIComponent(strippedInner)}`
  })
  if (stripped === text) return text
  // Where the first parameter went, the next one follows; where none is left, neither is the mark.
  return stripped.replace(/([?#])\0[&;]?/g, (_, mark: string) => mark).replace(/[?#](?=#|$)/g, '')
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name)
  } catch {
    return name
  }
}
