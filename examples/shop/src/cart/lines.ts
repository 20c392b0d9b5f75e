import * as v from 'valibot'
import { findProduct } from '../goods/index.ts'
import type { Product, Variant } from '../goods/product.ts'

/** So many of one variant. */
export const Line = v.object({
  productId: v.string(),
  variantId: v.string(),
  quantity: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(99)),
})
export type Line = v.InferOutput<typeof Line>

/** A line with what it names. */
export interface Item {
  readonly product: Product
  readonly variant: Variant
  readonly quantity: number
}

/** More of one thing than this is a question for the telephone. */
export const maxQuantity = 20

/** The lines with `quantity` more (or fewer, when negative) of a variant; a line of none is no line. */
export function change(lines: readonly Line[], productId: string, variantId: string, quantity: number): readonly Line[] {
  const isIt = (line: Line) => line.productId === productId && line.variantId === variantId
  const before = lines.find(isIt)?.quantity ?? 0
  const after = Math.min(maxQuantity, Math.max(0, before + quantity))
  if (before === 0) return after === 0 ? lines : [...lines, { productId, variantId, quantity: after }]
  return lines.flatMap((line) => (isIt(line) ? (after === 0 ? [] : [{ ...line, quantity: after }]) : [line]))
}

/** The goods behind the lines. What the shop no longer has is left out, so that an old cart can still be bought. */
export function itemsOf(lines: readonly Line[]): readonly Item[] {
  return lines.flatMap(({ productId, variantId, quantity }) => {
    const product = findProduct(productId)
    const variant = product?.variants.find((candidate) => candidate.id === variantId)
    return product === undefined || variant === undefined ? [] : [{ product, variant, quantity }]
  })
}
