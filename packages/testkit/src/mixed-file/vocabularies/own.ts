import { type Happening, type Line, major, sumOf } from '../happening.ts'
import { type Told, told } from './told.ts'

/** The canonical names: nothing to repair. */
export function own(happening: Happening): Told {
  const { kind, id, lines, currency } = happening
  const [first] = lines
  if (first === undefined) throw new Error('a happening is about something')
  const products = lines.map(line)
  switch (kind) {
    case 'page':
      return told('page_viewed', {})
    case 'list':
      return told('product_list_viewed', { list_id: id, category: first.product.category, products, currency })
    case 'search':
      return told('product_searched', { query: first.product.name, results_count: lines.length })
    case 'product':
      return told('product_viewed', { ...product(first), currency })
    case 'added':
      return told('product_added', { ...line(first), cart_id: id, currency })
    case 'removed':
      return told('product_removed', { ...line(first), cart_id: id, currency })
    case 'cart':
      return told('cart_viewed', { cart_id: id, products, total: major(sumOf(happening)), currency })
    case 'checkout':
      return told('checkout_started', { checkout_id: id, products, total: major(sumOf(happening)), currency })
    case 'order': {
      const shipping = 4.9
      return told('order_completed', { order_id: id, total: major(sumOf(happening) + 490), shipping, products, currency })
    }
    case 'refund':
      return told('order_refunded', {
        order_id: id,
        refund_id: `R-${id}`,
        amount: major(sumOf(happening)),
        is_full: true,
        currency,
      })
  }
}

const product = ({ product: { id, name, brand, category, variant, price } }: Line) => ({
  product_id: id,
  name,
  brand,
  category,
  variant,
  price: major(price),
})

const line = (each: Line) => ({ ...product(each), quantity: each.quantity })
