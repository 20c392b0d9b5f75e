import type { Notes } from '../normalise/notes.ts'
import type { RawEvent } from './validate.ts'

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
  ...['irclickid', 'awc', 'cjevent', 'zanpid'],
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
    '__s',
    'ml_subscriber_hash',
    'sb_eid',
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

/** Deeper than any event that is stored; what is nested further is kept aside, and not looked through. */
const maxDepth = 32

const isMarketingName = (name: string): boolean => {
  const lower = name.toLowerCase()
  return clickIds.has(lower) || contactNames.has(lower.replace(/[^a-z0-9]/g, ''))
}

/** Fields that may hold what needs marketing. */
const searched = ['page', 'properties', 'traits'] as const

/**
 * Takes out what needs consent to marketing: click ids in addresses and properties, e-mail addresses, telephone numbers and their hashes.
 * That something was taken out is noted; what it was is not.
 */
export function withoutMarketingFields(raw: RawEvent, notes: Notes): RawEvent {
  let stripped: Record<string, unknown> | null = null
  const note = (field: string): void => {
    notes.flags.add('marketing_stripped')
    // Enough to see what happens; a hostile event could hold thousands.
    if (notes.repairs.length < 32) notes.repairs.push({ field, from: null, to: null, rule: 'CN-MARKETING' })
  }
  for (const field of searched) {
    const before = raw[field]
    const after = stripValue(before, field, 0, note)
    if (after === before) continue
    stripped ??= { ...raw }
    stripped[field] = after
  }
  return stripped ?? raw
}

/** The value itself where there is nothing to take out, which is nearly always. */
function stripValue(value: unknown, path: string, depth: number, note: (field: string) => void): unknown {
  if (typeof value === 'string') return stripAddress(value, 0, () => note(path))
  if (typeof value !== 'object' || value === null) return value
  if (depth > maxDepth) return '[nested too deeply to keep]'
  return Array.isArray(value) ? stripList(value, path, depth, note) : stripObject(value as RawEvent, path, depth, note)
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

function stripObject(object: RawEvent, path: string, depth: number, note: (field: string) => void): RawEvent {
  let isChanged = false
  const entries: [string, unknown][] = []
  for (const name of Object.keys(object)) {
    const before = object[name]
    // A flag such as `email: true` says nothing about who it is.
    if (isMarketingName(name) && typeof before !== 'boolean' && before !== null && before !== '') {
      note(`${path}.${name}`)
      isChanged = true
      continue
    }
    const after = stripValue(before, `${path}.${name}`, depth + 1, note)
    if (after !== before) isChanged = true
    entries.push([name, after])
  }
  // From entries: a key such as `__proto__` stays data.
  return isChanged ? Object.fromEntries(entries) : object
}

/** An address within an address within an address: more is not honest, and would be looked at for ever. */
const maxAddresses = 3

/** Takes parameters out of an address, in its query and its fragment, and in addresses that stand there. All else stays as it was. */
function stripAddress(text: string, depth: number, note: () => void): string {
  if (!text.includes('=') || !/[?#]/.test(text)) return text
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

/** What is left of an event whose visitor agreed to nothing: ids that were made on the device may not even exist. */
export function withoutIdentity(raw: RawEvent, keepsUser: boolean, notes: Notes): RawEvent {
  const { anonymous_id: anonymousId, session, user_id: userId, traits, ...rest } = raw
  const present = (value: unknown): boolean => value !== undefined && value !== null && value !== ''
  // The flag alone: a repair would keep what must not be kept.
  if ([anonymousId, session, keepsUser ? null : userId, traits].some(present)) notes.flags.add('identity_stripped')
  return keepsUser && userId !== undefined ? { ...rest, user_id: userId } : rest
}
