import { hash } from 'node:crypto'
import { domainToASCII } from 'node:url'
import type { Outcome } from './outcome.ts'

export type EmailRule = 'EM-NORMAL' | 'EM-MISSING' | 'EM-SHAPE'

/**
 * One spelling for each e-mail address: trimmed, in lower case, its domain as it stands in DNS. Dots and `+tags` stay: which of them mean
 * the same mailbox only its provider knows, and each advertising network asks for another rule.
 */
export function normaliseEmail(text: string | null | undefined): Outcome<{ readonly email: string }, EmailRule> {
  const trimmed = (text ?? '').slice(0, maxReadLength).normalize('NFC').trim()
  if (trimmed === '') return { status: 'invalid', rule: 'EM-MISSING' }
  const [, user = '', domain = ''] = shape.exec(trimmed) ?? []
  // Letters beyond ASCII keep their case: whether two of them are one mailbox is up to the provider.
  const email = `${user.replace(/[A-Z]/g, (letter) => letter.toLowerCase())}@${domainToASCII(domain.toLowerCase())}`
  if (!shape.test(email) || email.length > maxLength) return { status: 'invalid', rule: 'EM-SHAPE' }
  return { status: 'ok', email, rule: 'EM-NORMAL' }
}

/** SHA-256 of the normalised address, in hexadecimal: what `email_hash` holds. Of what is no address there is no hash. */
export function emailHash(text: string | null | undefined): Outcome<{ readonly hash: string }, EmailRule> {
  const read = normaliseEmail(text)
  return read.status === 'ok' ? { status: 'ok', hash: hash('sha256', read.email, 'hex'), rule: read.rule } : read
}

/** What a mail server accepts. @see https://www.rfc-editor.org/errata/eid1690 */
const maxLength = 254
const maxReadLength = 1024

// Loose on purpose: one @, no blanks, a dot within the domain.
const shape = /^([^\s@]{1,64})@((?:[^\s@.]{1,63}\.){1,31}[^\s@.]{2,63})$/u
