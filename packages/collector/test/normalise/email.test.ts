import { hash } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { emailHash, normaliseEmail } from '../../src/normalise/email.ts'

test.each([
  { text: 'person@example.com', email: 'person@example.com' },
  { text: '  Person@Example.COM\n', email: 'person@example.com' },
  { text: 'first.last+tag@gmail.com', email: 'first.last+tag@gmail.com' },
  { text: 'Jane@MÜLLER.de', email: 'jane@xn--mller-kva.de' },
  { text: 'jane@xn--mller-kva.de', email: 'jane@xn--mller-kva.de' },
  { text: 'ju\u0308rgen@example.com', email: 'j\u00fcrgen@example.com' },
  { text: "o'brien@mail.example.co.uk", email: "o'brien@mail.example.co.uk" },
])('EM-NORMAL: $text', ({ text, email }) => {
  expect(normaliseEmail(text)).toEqual({ status: 'ok', email, rule: 'EM-NORMAL' })
})

test.each([
  ...[null, undefined, '', ' ', '\u00a0\n'].map((text) => ({ text, rule: 'EM-MISSING' })),
  ...[
    'a',
    '@',
    'a@',
    '@b.de',
    'a@b',
    'a@b.',
    'a@.de',
    'a@b..de',
    'a@b@c.de',
    'a b@c.de',
    'a@b c.de',
    'a@b.d',
    'a@xn--a.de\0',
  ].map((text) => ({
    text,
    rule: 'EM-SHAPE',
  })),
  { text: `${'x'.repeat(65)}@example.com`, rule: 'EM-SHAPE' },
  { text: `a@${'b'.repeat(60)}.${'c'.repeat(60)}.${'d'.repeat(60)}.${'e'.repeat(60)}.${'f'.repeat(60)}.com`, rule: 'EM-SHAPE' },
  { text: `a@${'b.'.repeat(50_000)}de`, rule: 'EM-SHAPE' },
])('$rule: $text', ({ text, rule }) => {
  expect(normaliseEmail(text)).toEqual({ status: 'invalid', rule })
  expect(emailHash(text)).toEqual({ status: 'invalid', rule })
})

test('the published hash', () => {
  for (const text of ['person@example.com', ' PERSON@example.com '])
    expect(emailHash(text)).toMatchObject({ hash: '542d240129883c019e106e3b1b2d3f3cb3537c43c425364de8e951d5a3083345' })
})

test('normalising twice changes nothing, and nothing empty is hashed', { timeout: 30_000 }, () => {
  fc.assert(
    fc.property(fc.oneof(fc.emailAddress({ size: 'small' }), fc.string({ unit: 'binary' })), (text) => {
      const read = normaliseEmail(text)
      if (read.status === 'ok') expect(normaliseEmail(read.email)).toEqual(read)
      const hashed = emailHash(text)
      if (hashed.status === 'ok') expect(hashed.hash).not.toBe(hash('sha256', '', 'hex'))
    }),
  )
})
