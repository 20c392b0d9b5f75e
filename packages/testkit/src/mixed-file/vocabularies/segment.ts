import { type Happening, type Line, major, sumOf } from '../happening.ts'
import { type Told, told } from './told.ts'

/** Segment's e-commerce specification: names in title case, some properties in camel case. */
export function segment(happening: Happening): Told | null {
  const { kind, id, lines, currency } = happening
  const [first] = lines
  if (first === undefined) return null
  const products = lines.map(line)
  const total = major(sumOf(happening))
  switch (kind) {
    case 'list':
      return told('Product List Viewed', { list_id: id, category: first.product.category, products, currency }, [
        'EN-FORM',
        'PR-ALIAS',
        'PR-FORM',
      ])
    case 'search':
      return told('Products Searched', { query: first.product.name }, ['EN-ALIAS'])
    case 'product':
      return told('Product Viewed', { ...line(first), currency }, ['EN-FORM', 'PR-ALIAS', 'PR-FORM'])
    case 'added':
      return told('Product Added', { ...line(first), cart_id: id, currency }, ['EN-FORM', 'PR-ALIAS', 'PR-FORM'])
    case 'removed':
      return told('Product Removed', { ...line(first), cart_id: id, currency }, ['EN-FORM', 'PR-ALIAS', 'PR-FORM'])
    case 'cart':
      return told('Cart Viewed', { cart_id: id, products, currency }, ['EN-FORM', 'PR-ALIAS', 'PR-FORM'])
    case 'checkout':
      return told('Checkout Started', { checkout_id: id, value: total, products, currency }, [
        'EN-FORM',
        'VC-SEGMENT',
        'PR-ALIAS',
        'PR-FORM',
      ])
    case 'order':
      return told('Order Completed', { orderId: id, total, revenue: total, products, currency }, [
        'EN-FORM',
        'VC-SEGMENT',
        'PR-ALIAS',
        'PR-FORM',
      ])
    default:
      return null
  }
}

const line = ({ product, quantity }: Line) => ({
  productId: product.id,
  name: product.name,
  brand: product.brand,
  price: major(product.price),
  quantity,
  imageUrl: `https://shop.example/i/${product.id}.jpg`,
})
