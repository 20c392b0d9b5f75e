import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodePercent, isPersonal, isPersonalKey, isPersonalPart, mayBePersonal, redactText } from '../../src/normalise/pii.ts'

test.each([
  { title: 'Order of jane@example.com - Shop', clean: 'Order of REDACTED - Shop' },
  { title: "jane.doe+x@example.co.uk's basket", clean: "REDACTED's basket" },
  { title: '(jürgen@müller.de)', clean: '(REDACTED)' },
  { title: 'Call +49 (170) 123-4567 now', clean: 'Call REDACTED now' },
  { title: 'Tel.+491701234567', clean: 'Tel.REDACTED' },
  { title: 'Card 4111 1111 1111 1111', clean: 'Card REDACTED' },
  { title: 'Card 3782-822463-10005', clean: 'Card REDACTED' },
  { title: 'Card 378282246310005.', clean: 'Card REDACTED.' },
  { title: 'Reset eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln', clean: 'Reset REDACTED' },
  { title: 'Hello jane%40example.com', clean: 'Hello REDACTED' },
  { title: 'Hello jane%252540example.com', clean: 'Hello REDACTED' },
  { title: 'a@b.de and c@d.fr', clean: 'REDACTED and REDACTED' },
])('UR-PII: $title', ({ title, clean }) => {
  expect(redactText(title)).toBe(clean)
})

test.each([
  'Red shoes, size 42',
  'Shoe 4006381333931 – 19.99 €',
  'Order 100-2345-6789',
  'Order DE-2026-0000123456',
  '100% cotton @ 2 for 1',
  'banner@2x.png',
  '@footfall/browser 1.2.3',
  'A+ 2026 collection',
  'C++ in 21 days',
  'Since 1763748000123',
  'Gift card code=SUMMER',
  'eyJ is no token',
  '4111 1111 1111 1112',
  '',
])('UR-PII-KEEP: %s', (title) => {
  expect(redactText(title)).toBe(title)
})

test('redacting twice changes nothing', { timeout: 30_000 }, () => {
  const word = fc.constantFrom(
    '@',
    'a@b.de',
    'jane',
    '.',
    '+',
    '49 170 1234567',
    '%40',
    '%',
    ' ',
    '4111 1111 1111 1111',
    '4111111111111111',
    'eyJa',
    '.eyJb.c',
    '1',
    '-',
    'ü',
    '\ud800',
  )
  const text = fc.oneof(
    fc.array(word, { maxLength: 20 }).map((words) => words.join('')),
    fc.string({ unit: 'binary', maxLength: 200 }),
  )
  fc.assert(
    fc.property(text, (title) => {
      const once = redactText(title)
      expect(redactText(once)).toBe(once)
      if (!isPersonal(title)) expect(once).toBe(title)
    }),
    { numRuns: 500 },
  )
})

test('every number that passes the check of cards goes, and no other', { timeout: 30_000 }, () => {
  const digits = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 14, maxLength: 15 })
  fc.assert(
    fc.property(
      fc.integer({ min: 3, max: 6 }),
      digits.map((rest) => rest.slice(0, -1)),
      fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 9 })),
      (first, rest, error) => {
        const body = [first, ...rest]
        const sum = body
          .toReversed()
          .reduce((total, digit, place) => total + (place % 2 === 1 ? digit : digit > 4 ? digit * 2 - 9 : digit * 2), 0)
        const check = (10 - (sum % 10)) % 10
        const number = [...body, (check + error) % 10].join('')
        expect(isPersonal(number)).toBe(error === 0 && number.length >= 15)
      },
    ),
  )
})

test.each([
  { text: 'shoes+12345678', part: false, text_: true },
  { text: '+12345678', part: true, text_: true },
  { text: 'a;token=1', part: true, text_: false },
  { text: 'token=', part: false, text_: false },
  { text: 'token=REDACTED', part: false, text_: false },
  { text: '?page=1', part: false, text_: false },
])('in addresses $text is personal: $part; elsewhere: $text_', ({ text, part, text_ }) => {
  expect(isPersonalPart(text)).toBe(part)
  expect(isPersonal(text)).toBe(text_)
})

test.each([
  ...['email', 'E-Mail', 'customer[email]', 'a.b.phone', 'first-name', 'FIRSTNAME', '%65mail', 'pan', '_kx'].map((key) => ({
    key,
    personal: true,
  })),
  ...[
    'q',
    'emails_sent',
    'company',
    'panel',
    'codename',
    'kxx',
    '__proto__',
    'constructor',
    '',
    'utm_source',
    'gclid',
    'cardigan',
  ].map((key) => ({
    key,
    personal: false,
  })),
])('$key is personal: $personal', ({ key, personal }) => {
  expect(isPersonalKey(key)).toBe(personal)
})

test('decoding leaves what cannot be decoded', { timeout: 30_000 }, () => {
  expect(decodePercent('100%&%zz%4')).toBe('100%&%zz%4')
  expect(decodePercent('%ff%41%C3%BC')).toBe('\ufffdAü')
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme' }),
      (text) => decodePercent(encodeURIComponent(text.toWellFormed())) === text.toWellFormed(),
    ),
  )
})

test('a text is worth a closer look when it has one of the signs, wherever it stands', () => {
  const signs = /[@+%]|\d{15}|\d{4}[ -]\d{4}|\.eyJ/
  const part = fc.constantFrom('1', '12', '1234', '12345678', '-', ' ', '.', 'eyJ', 'a', '@', 'é', '')
  fc.assert(
    fc.property(fc.array(part, { maxLength: 10 }), (parts) => {
      expect(mayBePersonal(parts.join(''))).toBe(signs.test(parts.join('')))
    }),
    { numRuns: 2000 },
  )
  expect(['email=', 'a?Token=1', 'q=1', '='].map(mayBePersonal)).toEqual([true, true, false, false])
})
