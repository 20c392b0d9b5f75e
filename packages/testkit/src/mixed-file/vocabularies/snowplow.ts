import { type Happening, type Line, major, sumOf } from '../happening.ts'
import { type Told, told } from './told.ts'

/** Snowplow's e-commerce plugin: the parameters of its calls, or the entities that it makes of them. */
export function snowplow(happening: Happening): Told | null {
  const { kind, id, lines, currency } = happening
  const [first] = lines
  if (first === undefined) return null
  const products = lines.map(product)
  const total_value = major(sumOf(happening))
  switch (kind) {
    case 'list':
      return told('list_view', { name: id, products, currency }, ['EN-ALIAS', 'VC-SNOWPLOW', 'PR-ALIAS'])
    case 'product':
      return told('product_view', { products, currency }, ['EN-ALIAS', 'VC-LINE', 'PR-ALIAS'])
    case 'added': {
      const context = [entity('product', products[0] ?? {}), entity('cart', { cart_id: id, total_value, currency })]
      return told('add_to_cart', { type: 'add_to_cart', context }, ['EN-ALIAS', 'VC-SNOWPLOW', 'VC-LINE', 'PR-ALIAS'])
    }
    case 'removed':
      return told('remove_from_cart', { products, total_value, currency, cart_id: id }, [
        'EN-ALIAS',
        'VC-SNOWPLOW',
        'VC-LINE',
        'PR-ALIAS',
      ])
    case 'order':
      return told('transaction', { transaction_id: id, revenue: total_value, currency, payment_method: 'card', products }, [
        'EN-ALIAS',
        'VC-SNOWPLOW',
        'PR-ALIAS',
      ])
    default:
      return null
  }
}

const product = ({ product: { id, name, brand, category, price }, quantity }: Line) => ({
  id,
  name,
  brand,
  category,
  price: major(price),
  currency: 'EUR',
  quantity,
})

const entity = (kind: string, data: object) => ({
  schema: `iglu:com.snowplowanalytics.snowplow.ecommerce/${kind}/jsonschema/1-0-0`,
  data,
})
