/** The departments of the shop, in the order of its navigation. */
export const categories = ['tea', 'ceramics', 'paper'] as const
export type Category = (typeof categories)[number]

/** What a visitor can filter a list by. */
export const tags = ['caffeine-free', 'gift', 'new', 'last-pieces'] as const
export type Tag = (typeof tags)[number]

/** Which drawing shows the product, and in which colours. */
export type Art =
  | { readonly kind: 'tin'; readonly motif: TeaMotif }
  | { readonly kind: 'teapot' | 'cup' | 'gaiwan' | 'matcha-bowl' | 'plate' }
  | { readonly kind: 'notebook' | 'letter-set' | 'wrapping-paper' | 'calendar' | 'pencils' }
export type TeaMotif = 'sprig' | 'sun' | 'bergamot' | 'jasmine' | 'orange' | 'chamomile'

/** Colours that clay, lacquer and paper come in. */
export type Tone = 'moss' | 'clay' | 'ink' | 'cream' | 'ochre' | 'blush' | 'sky' | 'plum'

/** The background a product is shown on. */
export type Tile = 'sage' | 'blush' | 'honey' | 'sky' | 'linen'

/** One thing that can be put in the cart. */
export interface Variant {
  /** Unique within its product. */
  readonly id: string
  /** As the visitor reads it: `100 g`, `Moss`. */
  readonly name: string
  /** Stock keeping unit, unique in the shop. */
  readonly sku: string
  /** What one costs, VAT included, in euro cents. */
  readonly priceCents: number
  /** What it cost before, in euro cents; only while it is reduced. */
  readonly formerPriceCents?: number
  readonly isSoldOut?: true
  readonly tone: Tone
  /** Size of the drawing beside its siblings, 1 being the largest. */
  readonly scale?: number
}

export interface Product {
  /** Stands in the address and in every event. */
  readonly id: string
  readonly name: string
  readonly category: Category
  /** Who made it. */
  readonly brand: string
  /** Half a sentence for lists. */
  readonly line: string
  readonly description: string
  /** What one would ask in the shop: label and answer. */
  readonly facts: readonly (readonly [label: string, answer: string])[]
  readonly tags: readonly Tag[]
  readonly art: Art
  readonly tile: Tile
  /** What its variants differ in: `Weight`, `Glaze`. */
  readonly variantsBy: string
  /** The first one is shown until the visitor picks another. */
  readonly variants: readonly [Variant, ...Variant[]]
}

/** Value added tax of a department, in percent: foodstuffs are taxed at the reduced rate. */
export const vatPercent: Readonly<Record<Category, number>> = { tea: 7, ceramics: 19, paper: 19 }

export const categoryNames: Readonly<Record<Category, string>> = { tea: 'Tea', ceramics: 'Ceramics', paper: 'Paper' }

export const tagNames: Readonly<Record<Tag, string>> = {
  'caffeine-free': 'Caffeine free',
  gift: 'Good to give',
  new: 'New',
  'last-pieces': 'Last pieces',
}
