import { hash } from 'node:crypto'
import { catalogue } from '@footfall/events'
import { canonicalJson } from './canonical-json.ts'

/** What tells one view or click from another. */
export interface Likened {
  readonly name: string
  /** On which it happened, in the project's time zone. */
  readonly day: string
  readonly anonymousId: string | null
  readonly userId: string | null
  readonly session: { readonly id: string } | null
  readonly page: object | null
  /** In the catalogue's form. */
  readonly properties: Readonly<Record<string, unknown>>
  readonly bot: boolean
}

/**
 * Equal for events that say the same under different ids: 8 bytes in hexadecimal, the first three of which are the visitor's. So those of one
 * visitor stand together in an index: a batch touches a page or two of it, and not as many as it has events. Close to each other they are most likely one, sent twice
 * by a double click or a second tag. `null` for what may well happen twice in a moment, and where nobody can tell whose it is.
 *
 * The day is part of it, so that events which are alike have their counts in one row; what straddles midnight is missed. All ids are part
 * of it, so that who is erased takes all that are alike along.
 */
export function likenessOf({ name, day, anonymousId, userId, session, page, properties, bot }: Likened): string | null {
  if (bot || !windows.has(name)) return null
  const visitor = anonymousId || userId || session?.id
  if (!visitor) return null
  const subject = anonymousId || userId ? [anonymousId, userId] : visitor
  const url = page !== null && 'url' in page ? page.url : null
  const content = hash('sha256', canonicalJson([name, day, subject, url, contentOf(properties)]), 'hex').slice(0, 10)
  return placeOf(visitor) + content
}

/**
 * 24 bits by FNV-1a. They only say where it stands: what is alike, the rest decides, of which ids are part as well. Whoever chooses ids can
 * with some work make two of their own events alike, and nobody else's.
 */
function placeOf(id: string): string {
  let sum = 0x811c9dc5
  for (let at = 0; at < id.length; at += 1) sum = Math.imul(sum ^ id.charCodeAt(at), 0x01000193)
  return ((sum ^ (sum >>> 24)) & 0xffffff).toString(16).padStart(6, '0')
}

/** How far apart two events of this name may have happened that are taken for one, in milliseconds; 0 for names that are never. */
export const likenessWindowMs = (name: string): number => windows.get(name) ?? 0

const viewMs = 1000
const clickMs = 2000

const windows: ReadonlyMap<string, number> = new Map(
  [...catalogue.keys()].flatMap((name): readonly (readonly [string, number])[] => {
    if (name.endsWith('_viewed')) return [[name, viewMs]]
    return name.endsWith('_clicked') || name === 'product_added' ? [[name, clickMs]] : []
  }),
)

function contentOf(properties: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  // Seldom there, so that mostly nothing is copied.
  if (!Object.keys(properties).some((name) => passing.has(name))) return properties
  return Object.fromEntries(Object.entries(properties).filter(([name]) => !passing.has(name)))
}

/** Properties that are different each time, as the tags of several vendors call them: ids of the message, and when it was sent. */
const passing: ReadonlySet<string> = new Set(
  [
    'event_id',
    'message_id',
    'request_id',
    'insert_id',
    'hit_id',
    'sent_at',
    'created_at',
    'occurred_at',
    'event_time',
    'client_time',
  ]
    .flatMap((name) => [name, name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase()), `$${name}`])
    .concat('eventID', 'uuid', 'nonce', 'timestamp', 'time', 'ts', 'gtm.uniqueEventId', 'engagement_time_msec'),
)
