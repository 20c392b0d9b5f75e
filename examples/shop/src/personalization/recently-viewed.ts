import * as v from 'valibot'
import { findProduct } from '../goods/index.ts'
import type { Product } from '../goods/product.ts'
import { remembered } from './remembered.ts'

const ids = remembered<string[]>('recently-viewed', v.array(v.string()), [])
const most = 5

export function rememberViewed(product: Product): void {
  ids.value = [product.id, ...ids.peek().filter((id) => id !== product.id)].slice(0, most)
}

/** What the visitor looked at before this product, the latest first. */
export const viewedBefore = (product: Product): readonly Product[] =>
  ids.value.filter((id) => id !== product.id).flatMap((id) => findProduct(id) ?? [])
