import { type Happening, type Line, major, sumOf } from '../happening.ts'
import { type Told, told } from './told.ts'

/** Google Analytics 4: everything in `items`, one item where the event is about one product. */
export function ga4(happening: Happening): Told | null {
  const { kind, id, lines, currency } = happening
  const [first] = lines
  if (first === undefined) return null
  const items = lines.map(item)
  const value = major(sumOf(happening))
  switch (kind) {
    case 'list':
      return told('view_item_list', { item_list_id: id, items, currency }, ['EN-ALIAS', 'PR-ALIAS', 'VC-GA4'])
    case 'search':
      return told('search', { search_term: first.product.name }, ['EN-ALIAS', 'PR-ALIAS'])
    case 'product':
      return told('view_item', { currency, value, items }, ['EN-ALIAS', 'PR-ALIAS', 'VC-GA4', 'VC-LINE'])
    case 'added':
      return told('add_to_cart', { currency, value, items }, ['EN-ALIAS', 'PR-ALIAS', 'VC-GA4', 'VC-LINE'])
    case 'removed':
      return told('remove_from_cart', { currency, value, items }, ['EN-ALIAS', 'PR-ALIAS', 'VC-GA4', 'VC-LINE'])
    case 'checkout':
      return told('begin_checkout', { checkout_id: id, currency, value, items }, ['EN-ALIAS', 'PR-ALIAS', 'VC-GA4'])
    case 'order':
      return told(
        'purchase',
        { transaction_id: id, value, tax: 0, shipping: 4.9, currency, items },
        ['EN-ALIAS', 'PR-ALIAS', 'VC-GA4'],
        ['derived_total'],
      )
    default:
      return null
  }
}

const item = ({ product, quantity }: Line) => ({
  item_id: product.id,
  item_name: product.name,
  item_brand: product.brand,
  item_category: product.category,
  item_category2: 'New',
  price: major(product.price),
  quantity,
})
