import * as v from 'valibot'
import type { Product, Variant } from '../goods/product.ts'
import { stored } from '../stored.ts'
import { productAddedToWishlist, productRemovedFromWishlist } from '../tracking.ts'

const kept = stored<string[]>('wishlist', v.array(v.string()), [])

/** Ids of the products wished for, the latest first. */
export const wishes = kept.value

export const isWished = (product: Product): boolean => wishes.value.includes(product.id)

/** Wishes for it, or no longer. Answers which. */
export function toggleWish(product: Product, variant: Variant): boolean {
  if (isWished(product)) {
    kept.keep(wishes.value.filter((id) => id !== product.id))
    productRemovedFromWishlist(product)
    return false
  }
  kept.keep([product.id, ...wishes.value])
  productAddedToWishlist(product, variant)
  return true
}
