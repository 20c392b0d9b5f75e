import { ceramics } from './ceramics.ts'
import { paper } from './paper.ts'
import type { Product, Variant } from './product.ts'
import { tea } from './tea.ts'

/** Everything on the shelves, in the order in which the shop likes to show it. */
export const products: readonly Product[] = [...tea, ...ceramics, ...paper]

const byId: ReadonlyMap<string, Product> = new Map(products.map((product) => [product.id, product]))

export const findProduct = (id: string): Product | undefined => byId.get(id)

/** Falls back to the first variant: an old link to one that is gone still shows the product. */
export const variantOf = (product: Product, variantId: string | undefined): Variant =>
  product.variants.find((variant) => variant.id === variantId) ?? product.variants[0]

/** What the home page puts forward. */
export const featured: readonly Product[] = [
  'sencha-first-light',
  'round-teapot',
  'garden-notebook',
  'jasmine-pearls',
  'painted-gaiwan',
  'fern-wrapping',
  'chamomile-field',
  'letter-set',
].flatMap((id) => findProduct(id) ?? [])
