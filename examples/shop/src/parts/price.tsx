import type { Variant } from '../goods/product.ts'
import { formatCents } from '../money.ts'

/** A price, and the one it replaces. `isFrom` when other variants cost more. */
export function Price({ variant, isFrom = false }: { variant: Variant; isFrom?: boolean }) {
  return (
    <span class="price">
      {isFrom && <small>from </small>}
      <strong>{formatCents(variant.priceCents)}</strong>
      {variant.formerPriceCents !== undefined && (
        <>
          {' '}
          <s>
            <span class="sr-only">instead of </span>
            {formatCents(variant.formerPriceCents)}
          </s>
        </>
      )}
    </span>
  )
}
