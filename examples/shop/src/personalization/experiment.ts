import * as v from 'valibot'
import { experimentViewed } from '../tracking.ts'
import { remembered } from './remembered.ts'

const variations = ['plain', 'with-price'] as const

/** What the button on a product page says. */
export type Variation = (typeof variations)[number]

// Chance decides once per visit. Without consent the next visit is another one: the price of leaving no trace.
const assigned = remembered<Variation | null>('button-wording', v.nullable(v.picklist(variations)), null)

/** The visitor's variation of the experiment on the product page's button. */
export function buttonWording(): Variation {
  const known = assigned.peek()
  if (known !== null) return known
  const drawn = variations[Math.random() < 0.5 ? 0 : 1]
  assigned.value = drawn
  return drawn
}

export const buttonWordingShown = (variation: Variation): void =>
  experimentViewed({
    experiment_id: 'button-wording-2026-11',
    experiment_name: 'Price on the cart button',
    variation_id: variation,
    variation_name: variation === 'plain' ? 'Add to cart' : 'Add to cart, with the price',
  })
