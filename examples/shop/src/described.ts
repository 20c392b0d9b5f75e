import type { Item } from './cart/lines.ts'
import type { Product, Variant } from './goods/product.ts'
import type { OrderLine } from './orders/order.ts'

// The shop's goods in the catalogue's words.

export const currency = 'EUR'

/** The catalogue takes amounts as people write them: `19.9` for 1990 cents. */
export const euros = (cents: number): number => cents / 100

export const describe = (product: Product, variant: Variant) => ({
  product_id: product.id,
  sku: variant.sku,
  name: product.name,
  brand: product.brand,
  category: product.category,
  variant: variant.name,
  price: euros(variant.priceCents),
})

export const describeItem = ({ product, variant, quantity }: Item) => ({ ...describe(product, variant), quantity })

/** From what was bought, not from today's shelves. */
export const describeLine = (line: OrderLine) => ({
  product_id: line.productId,
  sku: line.sku,
  name: line.name,
  brand: line.brand,
  category: line.category,
  variant: line.variantName,
  price: euros(line.priceCents),
  quantity: line.quantity,
})

/** What went into the cart or out of it. */
export interface CartChange extends Item {
  readonly cartId: string
  /** What the cart is worth afterwards. */
  readonly cartTotalCents: number
  /** Place in the list it was picked from, from 1. */
  readonly position?: number | undefined
}

export const describeChange = ({ cartId, cartTotalCents, position, ...item }: CartChange) => ({
  ...describeItem(item),
  currency,
  cart_id: cartId,
  cart_total: euros(cartTotalCents),
  ...(position !== undefined && { position }),
})
