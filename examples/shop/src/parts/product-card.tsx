import { ProductArt } from '../art/product-art.tsx'
import { addToCart } from '../cart/cart.ts'
import { type Product, tagNames } from '../goods/product.ts'
import { paths } from '../routes.ts'
import { productClicked } from '../tracking.ts'
import { PlusIcon } from './icons.tsx'
import { announce } from './notice.tsx'
import { Price } from './price.tsx'
import { WishButton } from './wish-button.tsx'

interface CardProps {
  readonly product: Product
  /** The list it stands in, for the events. */
  readonly listId: string
  /** Its place there, from 1. */
  readonly position: number
}

function ProductCard({ product, listId, position }: CardProps) {
  const [variant] = product.variants
  const badge = product.tags.find((tag) => tag === 'new' || tag === 'last-pieces')
  const isFrom = product.variants.some((other) => other.priceCents > variant.priceCents)
  return (
    <article class="card" data-testid={`product-card-${product.id}`}>
      <div class="card-picture">
        <ProductArt product={product} variant={variant} />
        {badge && <span class="badge">{tagNames[badge]}</span>}
      </div>
      <div class="card-words">
        <h3>
          <a class="card-link" href={paths.product(product.id)} onClick={() => productClicked(product, listId, position)}>
            {product.name}
          </a>
        </h3>
        <p class="quiet">{product.line}</p>
        <div class="card-foot">
          <Price variant={variant} isFrom={isFrom} />
          <button
            type="button"
            class="round"
            aria-label={`Add ${product.name}, ${variant.name}, to the cart`}
            data-testid={`quick-add-${product.id}`}
            onClick={() => {
              addToCart(product, variant, 1, position)
              announce({
                text: `${product.name}, ${variant.name}, is in your cart.`,
                action: { name: 'See the cart', href: paths.cart },
              })
            }}
          >
            <PlusIcon />
          </button>
        </div>
      </div>
      <WishButton product={product} variant={variant} />
    </article>
  )
}

interface GridProps {
  readonly products: readonly Product[]
  readonly listId: string
  /** Fewer, larger cards: the list is what the page is about. */
  readonly isLarge?: boolean
  /** For screen readers, where no visible heading stands above the list: the cards' own headings are of the third level. */
  readonly title?: string
}

export function ProductGrid({ products, listId, isLarge = false, title }: GridProps) {
  return (
    <>
      {title && <h2 class="sr-only">{title}</h2>}
      <ul class={isLarge ? 'grid is-large' : 'grid'}>
        {products.map((product, index) => (
          <li key={product.id}>
            <ProductCard product={product} listId={listId} position={index + 1} />
          </li>
        ))}
      </ul>
    </>
  )
}
