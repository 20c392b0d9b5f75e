import { type Happening, type Line, major, type Product, sumOf } from '../happening.ts'
import { type Told, told } from './told.ts'

/** Shopify's web pixels: the event's `data`, with amounts as objects and variants within lines. */
export function shopify(happening: Happening): Told | null {
  const { kind, id, lines } = happening
  const [first] = lines
  if (first === undefined) return null
  const total = money(sumOf(happening))
  switch (kind) {
    case 'list': {
      const productVariants = lines.map(({ product }) => variant(product))
      return told('collection_viewed', { collection: { id, title: first.product.category, productVariants } }, [
        'EN-ALIAS',
        'VC-SHOPIFY',
      ])
    }
    case 'search': {
      const searchResult = { query: first.product.name, productVariants: [] }
      return told('search_submitted', { searchResult }, ['EN-ALIAS', 'VC-SHOPIFY'])
    }
    case 'product':
      return told('product_viewed', { productVariant: variant(first.product) }, ['VC-SHOPIFY'])
    case 'added':
      return told('product_added_to_cart', { cartLine: cartLine(first) }, ['EN-ALIAS', 'VC-SHOPIFY'])
    case 'cart':
      return told('cart_viewed', { cart: { id, cost: { totalAmount: total }, lines: lines.map(cartLine) } }, ['VC-SHOPIFY'])
    case 'checkout': {
      const checkout = { token: id, currencyCode: 'EUR', totalPrice: total, lineItems: lines.map(lineItem) }
      return told('checkout_started', { checkout }, ['VC-SHOPIFY'])
    }
    case 'order': {
      const order = { id, customer: { id: 'customer', isFirstOrder: false } }
      const checkout = { token: `T-${id}`, order, currencyCode: 'EUR', totalPrice: total, lineItems: lines.map(lineItem) }
      return told('checkout_completed', { checkout }, ['EN-ALIAS', 'VC-SHOPIFY'])
    }
    default:
      return null
  }
}

const money = (cents: number) => ({ amount: major(cents), currencyCode: 'EUR' })

const variant = (product: Product) => ({
  id: `V-${product.id}`,
  sku: product.id,
  title: product.variant,
  price: money(product.price),
  product: { id: product.id, title: product.name, vendor: product.brand, type: product.category, url: `/products/${product.id}` },
})

const cartLine = ({ product, quantity }: Line) => ({
  cost: { totalAmount: money(product.price * quantity) },
  merchandise: variant(product),
  quantity,
})

const lineItem = ({ product, quantity }: Line) => ({
  id: `L-${product.id}`,
  title: product.name,
  quantity,
  variant: variant(product),
  finalLinePrice: money(product.price * quantity),
})
