import { catalogue, protectedNames } from '@footfall/events'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { resolveEventName, suggestEventName } from '../../src/normalise/event-name.ts'

test.each([
  { given: 'product_added', name: 'product_added', rule: 'EN-EXACT' },
  { given: 'Product Added', name: 'product_added', rule: 'EN-FORM' },
  { given: 'productAdded', name: 'product_added', rule: 'EN-FORM' },
  { given: ' PRODUCT-ADDED ', name: 'product_added', rule: 'EN-FORM' },
  { given: 'product.added', name: 'product_added', rule: 'EN-FORM' },
  { given: 'ｐｒｏｄｕｃｔ＿ａｄｄｅｄ', name: 'product_added', rule: 'EN-FORM' },
  { given: 'add_to_cart', name: 'product_added', rule: 'EN-ALIAS' },
  { given: 'AddToCart', name: 'product_added', rule: 'EN-ALIAS' },
  { given: 'Order Completed', name: 'order_completed', rule: 'EN-FORM' },
  { given: 'purchase', name: 'order_completed', rule: 'EN-ALIAS' },
  { given: '$pageview', name: 'page_viewed', rule: 'EN-ALIAS' },
  { given: '$pageView', name: 'page_viewed', rule: 'EN-ALIAS' },
  { given: 'ViewContent', name: 'product_viewed', rule: 'EN-ALIAS' },
  { given: 'orderrefunded', name: 'order_refunded', rule: 'EN-LETTERS' },
  { given: 'beginCheckout', name: 'checkout_started', rule: 'EN-ALIAS' },
  { given: 'POSSale', name: 'pos_purchase_completed', rule: 'EN-ALIAS' },
  { given: 'Product Reviewed', name: 'unknown', rule: 'EN-PROTECTED' },
  { given: 'subscribe', name: 'unknown', rule: 'EN-PROTECTED' },
  { given: 'screenview', name: 'unknown', rule: 'EN-UNKNOWN' },
  { given: 'quiz_finished', name: 'unknown', rule: 'EN-UNKNOWN' },
  { given: 'checkout_failed', name: 'unknown', rule: 'EN-UNKNOWN' },
  { given: 'constructor', name: 'unknown', rule: 'EN-UNKNOWN' },
  { given: '__proto__', name: 'unknown', rule: 'EN-UNKNOWN' },
  { given: '', name: 'unknown', rule: 'EN-UNKNOWN' },
])('"$given" is $name by $rule', ({ given, name, rule }) => {
  expect(resolveEventName(given)).toEqual({ status: 'ok', name, isKnown: name !== 'unknown', rule })
})

describe('EN-TYPO mends a slip in a name of two or more words', () => {
  test.each([
    // One letter left out, added, exchanged, swapped.
    { given: 'prodct_added', name: 'product_added', distance: 1 },
    { given: 'producct_added', name: 'product_added', distance: 1 },
    { given: 'produkt_added', name: 'product_added', distance: 1 },
    { given: 'prodcut_added', name: 'product_added', distance: 1 },
    // However it is written.
    { given: 'Prodcut Added', name: 'product_added', distance: 1 },
    { given: 'prodcutAdded', name: 'product_added', distance: 1 },
    { given: ' PAGE.VEIWED ', name: 'page_viewed', distance: 1 },
    // Two slips, in one long word or in two words.
    { given: 'order_complteedd', name: 'order_completed', distance: 2 },
    { given: 'chekcout_strated', name: 'checkout_started', distance: 2 },
    { given: 'prodcut_veiwed', name: 'product_viewed', distance: 2 },
    { given: 'experment_veiwed', name: 'experiment_viewed', distance: 2 },
    // Aliases of two or more words are meant as well.
    { given: 'add_to_crat', name: 'product_added', distance: 1 },
    { given: 'add_to_card', name: 'product_added', distance: 1 },
    { given: 'veiw_item', name: 'product_viewed', distance: 1 },
    { given: 'beginn_checkout', name: 'checkout_started', distance: 1 },
    { given: 'Plaecd Order', name: 'order_completed', distance: 1 },
    { given: 'wishlst_added', name: 'product_added_to_wishlist', distance: 1 },
    // Two aliases of one event are one name.
    { given: 'clicked_emial', name: 'email_clicked', distance: 1 },
    { given: 'email_unsubscribd', name: 'email_unsubscribed', distance: 1 },
    { given: 'consent_updatd', name: 'consent_updated', distance: 1 },
    { given: 'signd_up', name: 'signed_up', distance: 1 },
    { given: 'pos_purchse_completed', name: 'pos_purchase_completed', distance: 1 },
  ])('"$given" is $name', ({ given, name, distance }) => {
    expect(resolveEventName(given)).toEqual({ status: 'ok', name, isKnown: true, rule: 'EN-TYPO', distance })
  })
})

describe('EN-UNKNOWN: what is no slip stays as it is', () => {
  test.each([
    { why: 'one word', names: ['purchse', 'searhc', 'exposuer', 'purchases_'] },
    { why: 'three slips', names: ['prodcut_addde_x', 'oorder_completteedd', 'chekcuot_strated'] },
    {
      why: 'a slip in a word under 4 letters',
      names: ['aad_viewed', 'po_purchase_completed', 'signed_upp', 'logged_inn', 'add_too_cart'],
    },
    { why: 'two slips in a word under 8 letters', names: ['prdcut_added', 'oredrr_completed', 'chekout_satrtde'] },
    { why: 'another number of words', names: ['product_added_now', 'the_order_completed', 'order_was_completed'] },
    {
      why: 'other letters than a to z',
      names: ['рroduct_added', 'prodüct_added', 'prodct_added2', 'prod$ct_added', 'prodct_added!'],
    },
    {
      why: 'failures',
      names: ['checkout_failed', 'payment_failed', 'order_failed', 'payment_info_failed', 'login_failed', 'search_failed'],
    },
    {
      why: 'begun is not done',
      names: ['order_begun', 'payment_started', 'checkout_step_started', 'registration_started', 'refund_requested'],
    },
    {
      why: 'the opposite',
      names: [
        'email_subscribed',
        'email_subscribe',
        'email_resubscribed',
        'incomplete_payment',
        'order_incomplete',
        'order_uncompleted',
        'targeting_ad_viewed',
      ],
    },
    {
      why: 'another word',
      names: [
        'order_refused',
        'order_reminded',
        'order_parcelled',
        'order_returned',
        'content_updated',
        'content_update',
        'card_viewed',
        'add_card',
        'cat_viewed',
        'checkout_process',
        'connection_viewed',
        'projects_searched',
        'produce_viewed',
        'coupon_user',
      ],
    },
    {
      why: 'a slip in a protected name',
      names: ['product_reviewd', 'product_sharde', 'screen_viewd', 'coupon_deneid', 'form_submited'],
    },
  ])('$why', ({ names }) => {
    for (const name of names)
      expect(resolveEventName(name), name).toEqual({ status: 'ok', name: 'unknown', isKnown: false, rule: 'EN-UNKNOWN' })
  })
})

describe('the name nearest to an unknown one', () => {
  test.each([
    { given: 'purchse', nearest: 'order_completed' },
    { given: 'payment_info_failed', nearest: 'payment_info_entered' },
    { given: 'рroduct_added', nearest: 'product_added' },
    { given: 'content_updated', nearest: 'consent_updated' },
    { given: '$add_too_cart', nearest: 'product_added' },
    { given: 'quiz_finished', nearest: null },
    { given: '', nearest: null },
    { given: 'x'.repeat(100_000), nearest: null },
  ])('is only suggested: "$given" looks like $nearest', ({ given, nearest }) => {
    expect(suggestEventName(given)).toBe(nearest)
    expect(resolveEventName(given)).toMatchObject({ isKnown: false })
  })
})

test('every name and alias of the catalogue leads to its event, however it is written', () => {
  for (const { name, aliases } of catalogue.values()) {
    for (const written of [name, ...aliases]) {
      expect(resolveEventName(written).name).toBe(name)
      expect(resolveEventName(written.toUpperCase()).name).toBe(name)
      expect(resolveEventName(written.replaceAll('_', ' ')).name).toBe(name)
    }
  }
})

test('no protected name is ever taken for one of ours, however it is written', () => {
  for (const name of protectedNames) {
    for (const written of [name, name.toUpperCase(), name.replaceAll('_', ' '), `$${name}`]) {
      expect(resolveEventName(written), written).toMatchObject({ isKnown: false })
    }
  }
})

const everyForm = [...catalogue.values()].flatMap(({ name, aliases }) => [name, ...aliases].map((form) => ({ name, form })))
const letter = fc.constantFrom(...'abcdefghijklmnopqrstuvwxyz')

/** Any one slip of the keyboard. */
const slip = (form: string) =>
  fc.tuple(fc.nat(form.length - 1), letter, fc.constantFrom('out', 'in', 'other', 'swap')).map(([at, char, kind]) => {
    const [head, here, tail] = [form.slice(0, at), form.charAt(at), form.slice(at + 1)]
    if (kind === 'out') return head + tail
    if (kind === 'in') return head + char + here + tail
    if (kind === 'other') return head + char + tail
    return head + tail.charAt(0) + here + tail.slice(1)
  })

test('law: a slip leads to the event it was a slip of or to none, never to another', () => {
  const written = fc
    .constantFrom(...everyForm)
    .chain(({ name, form }) => fc.tuple(fc.constant(name), slip(form), fc.constant(form)))
  fc.assert(
    fc.property(written, ([name, misspelt, form]) => {
      const read = resolveEventName(misspelt)
      if (read.rule !== 'EN-TYPO') return
      expect(read.name, `${form} as ${misspelt}`).toBe(name)
    }),
    { numRuns: 300 },
  )
})

test('law: a repaired name is a fixed point', () => {
  const name = fc.oneof(
    fc.constantFrom(...everyForm).chain(({ form }) => slip(form)),
    fc.string(),
  )
  fc.assert(
    fc.property(name, (text) => {
      const read = resolveEventName(text)
      if (!read.isKnown) return
      expect(resolveEventName(read.name)).toEqual({ status: 'ok', name: read.name, isKnown: true, rule: 'EN-EXACT' })
    }),
    { numRuns: 150 },
  )
})

test('law: the answer to a name does not depend on what was asked before', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...everyForm).chain(({ form }) => slip(form)),
      (text) => {
        expect(resolveEventName(text)).toEqual(resolveEventName(text))
      },
    ),
    { numRuns: 200 },
  )
})

test('any text has an answer', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => resolveEventName(text).status === 'ok'))
})

test.each([
  'x'.repeat(1_000_000),
  'a_'.repeat(500_000),
  `${'_'.repeat(500_000)}a`,
  `order${' '.repeat(200_000)}completed`,
  '\u0000',
  '\ud800',
  '__proto__',
  'constructor',
  'hasOwnProperty',
  '$$$$',
  '____',
  'ﷺ'.repeat(64),
])('hostile text %# has an answer', (text) => {
  expect(resolveEventName(text)).toEqual({ status: 'ok', name: 'unknown', isKnown: false, rule: 'EN-UNKNOWN' })
})

test.each([undefined, null, 1, {}, []])('what is no text is no name: %j', (value) => {
  expect(resolveEventName(value as never)).toMatchObject({ name: 'unknown', rule: 'EN-UNKNOWN' })
})
