import type { Random } from './random.ts'

/** Something that happened in the shop, before anybody wrote it down in the words of one tracker or another. */
export interface Happening {
  readonly kind: HappeningKind
  /** Of the cart, the checkout or the order; unique. */
  readonly id: string
  /** What it is about: one line, or several of a list, a cart, a checkout or an order. */
  readonly lines: readonly Line[]
  readonly currency: 'EUR'
}

export type HappeningKind =
  | 'page'
  | 'list'
  | 'search'
  | 'product'
  | 'added'
  | 'removed'
  | 'cart'
  | 'checkout'
  | 'order'
  | 'refund'

export interface Line {
  readonly product: Product
  readonly quantity: number
}

export interface Product {
  readonly id: string
  readonly name: string
  readonly brand: string
  readonly category: string
  readonly variant: string
  /** In cents. */
  readonly price: number
}

const adjectives = ['Blue', 'Small', 'Oak', 'Linen', 'Heavy', 'Plain', 'Round', 'Folding']
const nouns = ['Teapot', 'Lamp', 'Chair', 'Blanket', 'Knife', 'Basket', 'Clock', 'Mirror']

/** A shop's goods, the same for every file. */
export const goods: readonly Product[] = adjectives.flatMap((adjective, row) =>
  nouns.map((noun, column) => ({
    id: `P-${1000 + row * nouns.length + column}`,
    name: `${adjective} ${noun}`,
    brand: ['Acme', 'Maison Nord', 'Hartholz'][(row + column) % 3] ?? 'Acme',
    category: ['Kitchen', 'Living room', 'Bedroom'][column % 3] ?? 'Kitchen',
    variant: adjective,
    price: 499 + 731 * row + 1250 * column,
  })),
)

/** As often as in a shop's day: most visits look, few buy. */
const kinds: readonly HappeningKind[] = (
  [
    ['page', 28],
    ['product', 26],
    ['list', 12],
    ['added', 11],
    ['search', 7],
    ['cart', 5],
    ['checkout', 4],
    ['order', 4],
    ['removed', 2],
    ['refund', 1],
  ] as const
).flatMap(([kind, weight]) => Array.from({ length: weight }, () => kind))

const severalLines: ReadonlySet<HappeningKind> = new Set(['list', 'cart', 'checkout', 'order'])

export function happen(random: Random, kind: HappeningKind = random.pick(kinds)): Happening {
  const count = severalLines.has(kind) ? 1 + random.whole(4) : 1
  const first = random.whole(goods.length)
  const lines = Array.from({ length: count }, (_, index) => ({
    product: goods[(first + index) % goods.length] ?? random.pick(goods),
    quantity: 1 + random.whole(3),
  }))
  return { kind, id: `${kind.slice(0, 2).toUpperCase()}-${random.hex(10)}`, lines, currency: 'EUR' }
}

/** In cents. */
export const sumOf = ({ lines }: Happening): number =>
  lines.reduce((sum, { product, quantity }) => sum + product.price * quantity, 0)

/** 1999 is 19.99, as a caller writes it. */
export const major = (cents: number): number => Number(`${Math.trunc(cents / 100)}.${String(cents % 100).padStart(2, '0')}`)
