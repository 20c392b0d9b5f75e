import { categoryNames, type Product, tagNames } from './product.ts'

/**
 * Products in which every word of the query begins some word of the product: `grey te` finds the Earl Grey tea.
 * A word in the name weighs more than one in the small print. Accents and case do not matter.
 */
export function search(products: readonly Product[], query: string): readonly Product[] {
  const words = wordsOf(query)
  if (words.length === 0) return []
  return products
    .map((product) => ({ product, score: score(product, words) }))
    .filter(({ score }) => score > 0)
    .toSorted((a, b) => b.score - a.score)
    .map(({ product }) => product)
}

function score(product: Product, words: readonly string[]): number {
  const name = wordsOf(product.name)
  const labels = product.tags.flatMap((tag) => [tag, tagNames[tag]])
  const shelf = wordsOf([categoryNames[product.category], product.brand, ...labels].join(' '))
  const text = wordsOf([product.line, product.description, ...product.variants.map((variant) => variant.name)].join(' '))
  let total = 0
  for (const word of words) {
    const weight = begins(name, word) ? 9 : begins(shelf, word) ? 3 : begins(text, word) ? 1 : 0
    if (weight === 0) return 0
    total += weight
  }
  return total
}

const begins = (words: readonly string[], start: string): boolean => words.some((word) => word.startsWith(start))

const wordsOf = (text: string): readonly string[] =>
  text
    .normalize('NFD')
    .replace(/\p{Mark}/gu, '')
    .toLowerCase()
    .match(/[\p{Letter}\p{Number}]+/gu) ?? []
