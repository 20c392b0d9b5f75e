import { useLayoutEffect } from 'preact/hooks'
import { products } from '../goods/index.ts'
import { type Category, categoryNames, type Tag, tagNames, tags } from '../goods/product.ts'
import {
  filtersOf,
  priceSteps,
  readSelection,
  type Selection,
  type Sort,
  select,
  sorts,
  writeSelection,
} from '../goods/selection.ts'
import { formatCents } from '../money.ts'
import { ProductGrid } from '../parts/product-card.tsx'
import { usePage } from '../parts/use-page.ts'
import { go, here } from '../router.ts'
import { paths } from '../routes.ts'
import { productListViewed } from '../tracking.ts'

const introductions: Readonly<Record<Category, string>> = {
  tea: 'Bought from people whose gardens we have stood in. Weighed when you order, so it smells of something.',
  ceramics: 'Two potters, one kiln between them, and a shelf of things that want to be picked up.',
  paper: 'For letters, lists, presents and the first page of something.',
}

const sortNames: Readonly<Record<Sort, string>> = {
  featured: 'As on our shelf',
  'price-asc': 'Cheapest first',
  'price-desc': 'Dearest first',
  name: 'By name',
}

export function CategoryPage({ category }: { category: Category }) {
  usePage(categoryNames[category], 'category')
  const selection = readSelection(here.value.searchParams)
  const inCategory = products.filter((product) => product.category === category)
  const shown = select(inCategory, selection)
  const listId = `category_${category}`

  // The list is another one whenever it was narrowed or sorted, so it is told again.
  const search = writeSelection(selection)
  useLayoutEffect(() => {
    const { sort } = selection
    productListViewed({
      id: listId,
      category,
      products: shown,
      filters: filtersOf(selection),
      ...(sort !== 'featured' && { sort }),
    })
  }, [search])

  const change = (changed: Partial<Selection>) =>
    go(paths.category(category) + writeSelection({ ...selection, ...changed }), { replace: true })

  return (
    <>
      <header class="page-head">
        <h1>{categoryNames[category]}</h1>
        <p class="lead">{introductions[category]}</p>
      </header>
      <Filters
        available={tags.filter((tag) => inCategory.some((product) => product.tags.includes(tag)))}
        selection={selection}
        onChange={change}
      />
      <p class="quiet" role="status" data-testid="list-count">
        {shown.length === inCategory.length ? `All ${shown.length}` : `${shown.length} of ${inCategory.length}`}
      </p>
      {shown.length === 0 ? (
        <div class="empty">
          <p>Nothing on this shelf is all of that.</p>
          <button type="button" class="button is-quiet" onClick={() => change({ tags: [], maxPriceCents: undefined })}>
            Show everything again
          </button>
        </div>
      ) : (
        <ProductGrid products={shown} listId={listId} isLarge title="On this shelf" />
      )}
    </>
  )
}

interface FiltersProps {
  readonly available: readonly Tag[]
  readonly selection: Selection
  readonly onChange: (changed: Partial<Selection>) => void
}

function Filters({ available, selection, onChange }: FiltersProps) {
  const toggle = (tag: Tag) =>
    onChange({ tags: selection.tags.includes(tag) ? selection.tags.filter((other) => other !== tag) : [...selection.tags, tag] })
  return (
    <div class="filters">
      <fieldset class="chips">
        <legend class="sr-only">Show only</legend>
        {available.map((tag) => (
          <label key={tag} class="chip-choice">
            <input
              type="checkbox"
              checked={selection.tags.includes(tag)}
              data-testid={`filter-${tag}`}
              onChange={() => toggle(tag)}
            />
            <span>{tagNames[tag]}</span>
          </label>
        ))}
      </fieldset>
      <label class="select">
        <span>Price</span>
        <select
          data-testid="filter-price"
          value={selection.maxPriceCents ?? ''}
          onChange={(event) => onChange({ maxPriceCents: Number(event.currentTarget.value) || undefined })}
        >
          <option value="">Any</option>
          {priceSteps.map((cents) => (
            <option key={cents} value={cents}>
              up to {formatCents(cents)}
            </option>
          ))}
        </select>
      </label>
      <label class="select">
        <span>Order</span>
        <select
          data-testid="sort"
          value={selection.sort}
          onChange={(event) => onChange({ sort: sorts.find((sort) => sort === event.currentTarget.value) ?? 'featured' })}
        >
          {sorts.map((sort) => (
            <option key={sort} value={sort}>
              {sortNames[sort]}
            </option>
          ))}
        </select>
      </label>
    </div>
  )
}
