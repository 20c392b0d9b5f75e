import * as v from 'valibot'
import { optional, required } from './field.ts'
import { Money } from './money.ts'
import { Identifier, Ordinal, Quantity, Text, Url } from './value.ts'

/** What describes a product wherever one stands. */
export const productFields = {
  sku: optional(Text, 'Stock keeping unit, where it differs from the product id.'),
  name: optional(Text, 'As the visitor reads it.'),
  brand: optional(Text, 'Maker or label.'),
  category: optional(Text, "In the shop's own words; levels joined by `/`."),
  variant: optional(Text, 'Size, colour … as the shop names it.'),
  price: optional(Money, 'Of one piece, after the discount on the item.'),
  position: optional(Ordinal, 'Place in the list it stood in.'),
  coupon: optional(Text, 'Code that lowered the price of this item.'),
  discount: optional(Money, 'What was taken off one piece; the price is without it already.'),
  url: optional(Url, "The product's page."),
  image_url: optional(Url, "The product's picture."),
}

const lineFields = {
  product_id: required(Identifier, 'The product.'),
  quantity: optional(Quantity, 'How many pieces; missing means 1.'),
  ...productFields,
}

/** A line of a list, a cart or an order. Fields that are not named here are kept as they are. */
export const Product = v.looseObject(lineFields)

/**
 * A line of a list, a cart or an order, as callers write it. A shop adds its own fields by declaration merging:
 *
 * ```ts
 * declare module '@footfall/events' {
 *   interface Product { engraving?: string }
 * }
 * ```
 */
export interface Product extends v.InferInput<v.ObjectSchema<typeof lineFields, undefined>> {}

/** The lines of a list, a cart or an order. */
export const Products = v.pipe(
  // Typed by what callers write: the index signature of a loose object would refuse the interfaces that shops have.
  v.array(Product) as v.GenericSchema<readonly Product[]>,
  v.title('products'),
  v.description('List of [product lines](#product-lines).'),
)
