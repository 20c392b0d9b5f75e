import type { Product, Variant } from '../goods/product.ts'
import { paths } from '../routes.ts'
import { isWished, toggleWish } from '../wishlist/wishlist.ts'
import { HeartIcon } from './icons.tsx'
import { announce } from './notice.tsx'

export function WishButton({ product, variant }: { product: Product; variant: Variant }) {
  const isOn = isWished(product)
  return (
    <button
      type="button"
      class="wish"
      aria-pressed={isOn}
      aria-label={`Wish list: ${product.name}`}
      data-testid={`wish-${product.id}`}
      onClick={() => {
        const isNowOn = toggleWish(product, variant)
        announce({
          text: isNowOn ? `${product.name} is on your wish list.` : `${product.name} is off your wish list.`,
          ...(isNowOn && { action: { name: 'See the list', href: paths.wishlist } }),
        })
      }}
    >
      <HeartIcon isFilled={isOn} />
    </button>
  )
}
