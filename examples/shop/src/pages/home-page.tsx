import { useLayoutEffect } from 'preact/hooks'
import { ProductArt } from '../art/product-art.tsx'
import { TableScene } from '../art/scenes.tsx'
import { featured, products } from '../goods/index.ts'
import { type Category, categories, categoryNames } from '../goods/product.ts'
import { AdSlot } from '../parts/ad-slot.tsx'
import { ArrowIcon } from '../parts/icons.tsx'
import { ProductGrid } from '../parts/product-card.tsx'
import { PromotionBanner } from '../parts/promotion-banner.tsx'
import { StoreCard } from '../parts/store-card.tsx'
import { usePage } from '../parts/use-page.ts'
import { paths } from '../routes.ts'
import { productListViewed } from '../tracking.ts'

const listId = 'home_featured'

const lines: Readonly<Record<Category, string>> = {
  tea: 'Six leaves and flowers, by weight',
  ceramics: 'Thrown, trimmed and glazed by two people',
  paper: 'Printed, folded and sewn next door',
}

export function HomePage() {
  usePage('Tea, ceramics and paper', 'home')
  useLayoutEffect(() => productListViewed({ id: listId, products: featured }), [])
  return (
    <>
      <section class="hero">
        <div class="hero-words">
          <p class="eyebrow">Tea, clay and paper</p>
          <h1>For the hour between four and five</h1>
          <p class="lead">Something warm to drink, something round to hold, something blank to write on. The rest can wait.</p>
          <p class="hero-buttons">
            <a class="button" href={paths.category('tea')}>
              Choose a tea <ArrowIcon />
            </a>
            <a class="button is-quiet" href={paths.search('gift')}>
              Find a gift
            </a>
          </p>
        </div>
        <TableScene />
      </section>

      <ul class="shelves" aria-label="Departments">
        {categories.map((category) => (
          <li key={category}>
            <Shelf category={category} />
          </li>
        ))}
      </ul>

      <section aria-labelledby="featured-title">
        <h2 id="featured-title">On the counter this week</h2>
        <ProductGrid products={featured} listId={listId} />
      </section>

      <PromotionBanner />

      <div class="two-up">
        <StoreCard />
        <AdSlot />
      </div>
    </>
  )
}

function Shelf({ category }: { category: Category }) {
  const shown = products.filter((product) => product.category === category).slice(1, 4)
  return (
    <a class="shelf" href={paths.category(category)}>
      <span class="shelf-pictures">
        {shown.map((product) => (
          <ProductArt key={product.id} product={product} variant={product.variants[0]} />
        ))}
      </span>
      <strong>{categoryNames[category]}</strong>
      <span class="quiet">{lines[category]}</span>
    </a>
  )
}
