import { truncateIp } from '../privacy/truncate-ip.ts'
import { maxReadLength, redactUrl } from './clean-url.ts'
import { fieldWithin, type Notes, noteRepair } from './notes.ts'
import { noteRemoval } from './page.ts'
import { mayBePersonal, redactText } from './pii.ts'

/** An event in the words of the wire. */
type Fields = Readonly<Record<string, unknown>>

/**
 * Takes out of an event what addresses and page titles give away of a person (UR-PII), wherever in it they stand. Everything that keeps a
 * copy comes after: the store, the quarantine, the record of repairs. Ids, other texts and harmless addresses stay as they were sent.
 *
 * On the same way it is noted of which numbers no copy can hold what was sent.
 */
export function redactEvent(event: Fields, notes: Notes): Fields {
  let copy: Record<string, unknown> | null = null
  const put = (field: string, after: unknown): void => {
    if (after !== event[field]) copy = { ...(copy ?? event), [field]: after }
  }
  for (const field of ['page', 'properties', 'traits', 'context']) put(field, redactValue(event[field], field, 0, notes))
  for (const field of Object.keys(event)) {
    if (ipKeys.has(field)) put(field, withoutHost(event[field], field, notes))
  }
  // It is kept aside, where null would be a missing time. As an id or a name the text would be one.
  const { occurred_at: at } = event
  if (at === Number.POSITIVE_INFINITY || at === Number.NEGATIVE_INFINITY) put('occurred_at', doubtful(at, 'occurred_at', notes))
  return copy ?? event
}

/** Where other trackers write the address of a device, whole. */
const ipKeys: ReadonlySet<string> = new Set(
  [
    'ip',
    'ip_address',
    'client_ip',
    'client_ip_address',
    'remote_ip',
    'remote_addr',
    'remote_address',
    'user_ip',
    'user_ipaddress',
    'x_forwarded_for',
  ]
    .flatMap((name) => [name, name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase())])
    .concat('IP', 'clientIP', 'userIP', 'remoteIP', 'ipAddr', 'ip_addr'),
)

/** The network of an address, as of the visitor's own; what is none stays. */
function withoutHost(value: unknown, path: string, notes: Notes): unknown {
  if (typeof value !== 'string' || value.length > 64) return value
  const network = truncateIp(value.trim())
  if (network === null || network === value) return value
  noteRemoval(path, 'UR-PII', notes)
  return network
}

/** Deeper than anything that is kept. */
const maxDepth = 100

/** The value itself where there is nothing to take out, which is nearly always. */
function redactValue(value: unknown, path: string, depth: number, notes: Notes): unknown {
  if (typeof value === 'string') return redactWords(value, path, notes)
  if (typeof value === 'number') return isPlain(value) ? value : doubtful(value, path, notes)
  if (typeof value !== 'object' || value === null || depth > maxDepth) return value
  return Array.isArray(value) ? redactList(value, path, depth, notes) : redactObject(value as Fields, path, depth, notes)
}

function redactList(list: readonly unknown[], path: string, depth: number, notes: Notes): readonly unknown[] {
  let copy: unknown[] | null = null
  for (let index = 0; index < list.length; index += 1) {
    const after = redactValue(list[index], path, depth + 1, notes)
    if (after === list[index]) continue
    copy ??= [...list]
    copy[index] = after
  }
  return copy ?? list
}

function redactObject(object: Fields, path: string, depth: number, notes: Notes): Fields {
  let changed: Map<string, unknown> | null = null
  for (const key of Object.keys(object)) {
    const before = object[key]
    const after =
      typeof before === 'string' && ipKeys.has(key)
        ? withoutHost(before, fieldWithin(path, key), notes)
        : isPlain(before)
          ? before
          : redactValue(before, fieldWithin(path, key), depth + 1, notes)
    if (after !== before) changed = (changed ?? new Map<string, unknown>()).set(key, after)
  }
  if (changed === null) return object
  // From entries: a key such as `__proto__` stays data.
  return Object.fromEntries([...Object.entries(object), ...changed])
}

function isPlain(value: unknown): boolean {
  if (typeof value === 'string') return !mayBePersonal(value) && !/^\s{0,9}(?:tel|sms):/i.test(value)
  return typeof value === 'number' ? Math.abs(value) <= Number.MAX_SAFE_INTEGER : typeof value !== 'object'
}

/**
 * JSON has numbers that cannot be kept as they were sent. Of a whole one beyond 2^53 the last digits may be others by now. One beyond all
 * bounds, such as `1e400`, is text: written as JSON again it would be null, and null is a missing value.
 */
function doubtful(value: number, path: string, notes: Notes): number | string {
  const [to, rule] = Number.isFinite(value) ? [value, 'EV-DIGITS'] : [String(value), 'EV-NUMBER']
  notes.flags.add('bad_property')
  noteRepair({ field: path, from: null, to, rule }, notes)
  return to
}

const addressFields: ReadonlySet<string> = new Set(['page.url', 'page.referrer'])
const titleField = /\.(?:page_)?title$/
const absolute = /^\s{0,9}(?:[a-z][a-z0-9+.-]{0,31}:\/\/|(?:mailto|tel|sms):)/i
const relative = /^\s{0,9}[/?#]/

function redactWords(text: string, path: string, notes: Notes): string {
  if (isPlain(text)) return text
  const isLong = text.length > maxReadLength
  // What is long and begins with a slash may be anything, such as a picture in Base64: as an address it would be cut.
  const isAddress = addressFields.has(path) || absolute.test(text) || (relative.test(text) && !isLong)
  if (isAddress) {
    const { url, rule } = redactUrl(text)
    if (rule !== 'UR-PII' && !isLong) return text
    noteRemoval(path, rule === 'UR-PII' ? rule : 'UR-CUT', notes)
    return url
  }
  if (!titleField.test(path) && !relative.test(text)) return text
  const after = redactText(text)
  if (after !== text) noteRemoval(path, 'UR-PII', notes)
  return after
}
