/**
 * Other names of properties, most trusted first. One applies only to an event that has the canonical property in its schema and
 * lacks it: `sku` stays what it is beside a `product_id`, and is the product's id where nothing else is.
 *
 * A dot leads into an object or a list: `content_ids.0` is the first of `content_ids`.
 */
export const propertyAliases: ReadonlyMap<string, readonly string[]> = new Map([
  ['product_id', ['item_id', 'id', 'productId', 'content_ids.0', 'sku']],
  ['name', ['item_name', 'title', 'product_name']],
  ['brand', ['item_brand', 'vendor']],
  ['category', ['item_category', 'product_type', 'content_category']],
  ['variant', ['item_variant']],
  ['quantity', ['qty', 'num_items', 'count']],
  ['position', ['index']],
  ['price', ['unit_price', 'item_price']],
  ['order_id', ['transaction_id', 'orderId', 'order_number']],
  ['products', ['items', 'contents', 'lineItems', 'line_items']],
  ['currency', ['currencyCode', 'currency_code', 'curr']],
  ['payment_method', ['payment_type']],
  ['shipping_method', ['shipping_tier']],
  ['creative', ['creative_name']],
  ['slot', ['creative_slot']],
  ['query', ['search_term', 'search_string', 'q']],
  ['list_id', ['item_list_id', 'list_name', 'item_list_name']],
  ['promotion_id', ['promo_id']],
  ['coupon', ['coupon_code', 'coupon_id', 'discount_code', 'promo_code']],
])
