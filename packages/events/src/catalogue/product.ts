import * as v from 'valibot'
import { limits } from '../limits.ts'
import { Money } from './money.ts'

/** The shop's identifier: always text, because numbers lose leading zeros and 64-bit ids. */
export const Identifier = v.pipe(v.string(), v.nonEmpty(), v.maxLength(limits.maxIdLength))

/** How many, from 1. Weights and lengths are no quantities. */
export const Quantity = v.pipe(v.number(), v.integer(), v.minValue(1))

/** Place in a list, from 1. */
export const Position = v.pipe(v.number(), v.integer(), v.minValue(1))

/** What describes a product wherever one stands. */
export const productFields = {
  /** Stock keeping unit, where it differs from the product id. */
  sku: v.optional(v.string()),
  name: v.optional(v.string()),
  brand: v.optional(v.string()),
  category: v.optional(v.string()),
  /** Size, colour … as the shop names it. */
  variant: v.optional(v.string()),
  /** Unit price after the discount on the item. */
  price: v.optional(Money),
  position: v.optional(Position),
  coupon: v.optional(v.string()),
  discount: v.optional(Money),
  url: v.optional(v.string()),
  image_url: v.optional(v.string()),
}

/** A line of a list, a cart or an order. Fields that are not named here are kept as they are. */
export const Product = v.looseObject({ product_id: Identifier, quantity: v.optional(Quantity), ...productFields })
export type Product = v.InferInput<typeof Product>

/** The lines of a list, a cart or an order. */
export const Products = v.array(Product)
