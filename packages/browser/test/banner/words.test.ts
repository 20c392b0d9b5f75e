import fc from 'fast-check'
import { expect, test } from 'vitest'
import { showBanner } from '../../src/banner/banner.ts'
import { wordsFor } from '../../src/banner/words.ts'
import { createTracker } from '../../src/index.ts'

test.each([
  { page: 'en', language: 'en', refuse: 'Refuse all' },
  { page: 'en-GB', language: 'en', refuse: 'Refuse all' },
  { page: 'de', language: 'de', refuse: 'Alle ablehnen' },
  { page: 'de-AT', language: 'de', refuse: 'Alle ablehnen' },
  { page: 'fr-CA', language: 'fr', refuse: 'Tout refuser' },
  { page: 'nl', language: 'en', refuse: 'Refuse all' },
  { page: '', language: 'en', refuse: 'Refuse all' },
])('a page in "$page" is spoken to in $language', ({ page, language, refuse }) => {
  expect(wordsFor(page)).toEqual([language, expect.objectContaining({ refuse })])
})

test.each([
  { page: 'nl', own: { nl: { refuse: 'Alles weigeren' } }, language: 'nl', refuse: 'Alles weigeren', accept: 'Accept all' },
  { page: 'nl-BE', own: { nl: { refuse: 'Alles weigeren' } }, language: 'nl', refuse: 'Alles weigeren', accept: 'Accept all' },
  { page: 'de-AT', own: { de: { refuse: 'Nein' } }, language: 'de', refuse: 'Nein', accept: 'Alle annehmen' },
  { page: 'de-AT', own: { 'de-AT': { refuse: 'Na' } }, language: 'de-AT', refuse: 'Na', accept: 'Alle annehmen' },
  { page: 'de', own: { 'de-AT': { refuse: 'Na' } }, language: 'de', refuse: 'Alle ablehnen', accept: 'Alle annehmen' },
])('a shop’s own words come first: $page, $own', ({ page, own, language, refuse, accept }) => {
  expect(wordsFor(page, own)).toEqual([language, expect.objectContaining({ refuse, accept })])
})

test('whatever a page calls its language, there is a word for everything', () => {
  const names = Object.keys(wordsFor('en')[1])
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.constantFrom('constructor', '__proto__', 'toString', 'fr-', '-de')), (language) => {
      const [, words] = wordsFor(language)
      expect(Object.keys(words)).toEqual(names)
      for (const word of Object.values(words)) expect(word).toMatch(/\S/)
    }),
  )
})

test('on a server it does nothing', () => {
  const banner = showBanner(createTracker({ endpoint: '/v1/events', writeKey: 'wk_shop' }))
  banner.open()
  banner.close()
  expect(globalThis.document).toBeUndefined()
})
