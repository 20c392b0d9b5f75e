import { findProduct } from '../goods/index.ts'
import { ProductGrid } from '../parts/product-card.tsx'
import { usePage } from '../parts/use-page.ts'
import { paths } from '../routes.ts'
import { wishes } from '../wishlist/wishlist.ts'

export function WishlistPage() {
  usePage('Wish list', 'wishlist')
  const wished = wishes.value.flatMap((id) => findProduct(id) ?? [])
  return (
    <>
      <header class="page-head">
        <h1>Wish list</h1>
        {wished.length === 0 && (
          <p class="lead">
            Nothing yet. The heart on a picture puts it here. <a href={paths.category('ceramics')}>Look at the ceramics</a>
          </p>
        )}
      </header>
      {wished.length > 0 && <ProductGrid products={wished} listId="wishlist" title="Wished for" />}
    </>
  )
}
