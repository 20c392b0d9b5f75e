import { hash } from 'node:crypto'
import { canonicalJson } from '../normalise/canonical-json.ts'
import type { BuiltEvent } from './build-event.ts'

/** Names of events that were imported, as a space of UUIDs of its own. */
const namespace = Buffer.from('5f1d8c2e6b0a4d0f9c4e3a7b2d9861f4', 'hex')

/**
 * The id of an imported event: version 5 of what it is, so that a row has the same id each time it is imported. Over its source, name,
 * subject, time and content; over the source's own id alone where the row has one. Under which consent it is imported does not make it
 * another event.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9562#name-uuid-version-5
 */
export function eventIdOf(event: BuiltEvent, source: string): string {
  const { id, consent: _, ...content } = event
  if (typeof id === 'string' && isUuid.test(id)) return id.toLowerCase()
  if (id !== undefined && id !== '') return uuidV5(JSON.stringify([source, 'id', String(id)]))
  const { name, user_id, anonymous_id, occurred_at } = event
  const subject = user_id ?? anonymous_id ?? null
  return uuidV5(
    JSON.stringify([source, name ?? null, subject, occurred_at ?? null, hash('sha256', canonicalJson(content), 'hex')]),
  )
}

const isUuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i

/** @param name what the id stands for */
export function uuidV5(name: string, space: Buffer = namespace): string {
  const bytes = hash('sha1', Buffer.concat([space, Buffer.from(name)]), 'buffer').subarray(0, 16)
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x50
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  const hex = bytes.toString('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}
