import { type Product, type Tag, tags } from './product.ts'

/** Orders a visitor can put a list in; the first is the shop's own. */
export const sorts = ['featured', 'price-asc', 'price-desc', 'name'] as const
export type Sort = (typeof sorts)[number]

/** What a visitor narrowed a list down to. */
export interface Selection {
  /** A product must carry every one of them. */
  readonly tags: readonly Tag[]
  /** Dearest acceptable price of a product's cheapest variant, in euro cents. */
  readonly maxPriceCents?: number | undefined
  readonly sort: Sort
}

/** The cheapest price at which the product can be had, in euro cents. */
export const fromPriceCents = (product: Product): number => Math.min(...product.variants.map((variant) => variant.priceCents))

/** The products that pass, in the order asked for. Ties keep the shop's own order. */
export function select(products: readonly Product[], { tags: wanted, maxPriceCents, sort }: Selection): readonly Product[] {
  return products
    .filter((product) => wanted.every((tag) => product.tags.includes(tag)))
    .filter((product) => maxPriceCents === undefined || fromPriceCents(product) <= maxPriceCents)
    .toSorted(comparators[sort])
}

const comparators: Readonly<Record<Sort, (a: Product, b: Product) => number>> = {
  featured: () => 0,
  'price-asc': (a, b) => fromPriceCents(a) - fromPriceCents(b),
  'price-desc': (a, b) => fromPriceCents(b) - fromPriceCents(a),
  name: (a, b) => a.name.localeCompare(b.name, 'en'),
}

/** Price limits offered, in euro cents. */
export const priceSteps: readonly number[] = [1000, 2000, 5000]

/** Reads a selection from an address, so that it can be bookmarked. What means nothing is left out. */
export function readSelection(search: URLSearchParams): Selection {
  const max = Number(search.get('max'))
  return {
    tags: tags.filter((tag) => search.getAll('only').includes(tag)),
    ...(priceSteps.includes(max) && { maxPriceCents: max }),
    sort: sorts.find((sort) => sort === search.get('sort')) ?? 'featured',
  }
}

/** The selection as it stands in an address: empty, or beginning with `?`. The inverse of `readSelection`. */
export function writeSelection({ tags: wanted, maxPriceCents, sort }: Selection): string {
  const search = new URLSearchParams(wanted.map((tag) => ['only', tag]))
  if (maxPriceCents !== undefined) search.set('max', String(maxPriceCents))
  if (sort !== 'featured') search.set('sort', sort)
  return search.size === 0 ? '' : `?${search}`
}

/** The selection in the words of an event: `only:gift`, `max_price:20`. */
export const filtersOf = ({ tags: wanted, maxPriceCents }: Selection): readonly string[] => [
  ...wanted.map((tag) => `only:${tag}`),
  ...(maxPriceCents === undefined ? [] : [`max_price:${maxPriceCents / 100}`]),
]
