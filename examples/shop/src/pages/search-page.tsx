import { useLayoutEffect } from 'preact/hooks'
import { featured, products } from '../goods/index.ts'
import { search } from '../goods/search.ts'
import { ProductGrid } from '../parts/product-card.tsx'
import { usePage } from '../parts/use-page.ts'
import { productSearched } from '../tracking.ts'

export function SearchPage({ query }: { query: string }) {
  usePage(query === '' ? 'Search' : `Search: ${query}`, 'search')
  const found = search(products, query)
  useLayoutEffect(() => {
    if (query !== '') productSearched(query, found.length)
  }, [])

  if (query === '') {
    return (
      <header class="page-head">
        <h1>What are you looking for?</h1>
        <p class="lead">Type it into the search above: a tea, a colour, an occasion.</p>
      </header>
    )
  }
  return (
    <>
      <header class="page-head">
        <h1>
          {found.length === 0 ? 'Nothing' : found.length === 1 ? 'One thing' : `${found.length} things`} for “{query}”
        </h1>
        {found.length === 0 && <p class="lead">We looked behind the counter as well. Perhaps one of these instead?</p>}
      </header>
      <ProductGrid
        products={found.length === 0 ? featured.slice(0, 4) : found}
        listId="search_results"
        title={found.length === 0 ? 'Instead' : 'Found'}
      />
    </>
  )
}
