import { useLayoutEffect, useState } from 'preact/hooks'
import { ProductArt } from '../art/product-art.tsx'
import { addToCart, cartId, cartItems, cartTotals, coupon, enterCoupon, removeFromCart, takeCouponOff } from '../cart/cart.ts'
import type { Item } from '../cart/lines.ts'
import { shippingMethods } from '../cart/totals.ts'
import { featured } from '../goods/index.ts'
import { formatCents } from '../money.ts'
import { ArrowIcon } from '../parts/icons.tsx'
import { announce } from '../parts/notice.tsx'
import { ProductGrid } from '../parts/product-card.tsx'
import { Stepper } from '../parts/stepper.tsx'
import { TotalsTable } from '../parts/totals-table.tsx'
import { usePage } from '../parts/use-page.ts'
import { paths } from '../routes.ts'
import { cartViewed } from '../tracking.ts'

export function CartPage() {
  usePage('Cart', 'cart')
  useLayoutEffect(() => {
    // An empty cart is no cart yet, and has no id to be known by.
    if (cartItems.value.length > 0) cartViewed(cartId.value, cartItems.value, cartTotals.value.subtotalCents)
  }, [])

  if (cartItems.value.length === 0) return <EmptyCart />
  return (
    <>
      <header class="page-head">
        <h1>Your cart</h1>
      </header>
      <div class="split">
        <ul class="lines">
          {cartItems.value.map((item) => (
            <li key={item.variant.sku}>
              <CartLine item={item} />
            </li>
          ))}
        </ul>
        <section class="summary" aria-label="What it comes to">
          <TotalsTable totals={cartTotals.value} coupon={coupon.value} />
          <FreeShipping />
          <Coupon />
          <a class="button is-large" href={paths.checkout} data-testid="go-to-checkout">
            To the till <ArrowIcon />
          </a>
        </section>
      </div>
    </>
  )
}

function EmptyCart() {
  return (
    <>
      <header class="page-head">
        <h1>Your cart is empty</h1>
        <p class="lead">It would look better with something round in it.</p>
      </header>
      <ProductGrid products={featured.slice(0, 4)} listId="empty_cart" title="From our counter" />
    </>
  )
}

function CartLine({ item: { product, variant, quantity } }: { item: Item }) {
  const name = `${product.name}, ${variant.name}`
  const change = (to: number) =>
    to > quantity ? addToCart(product, variant, to - quantity) : removeFromCart(product, variant, quantity - to)
  return (
    <div class="line" data-testid={`cart-line-${product.id}-${variant.id}`}>
      <div class="line-picture">
        <ProductArt product={product} variant={variant} />
      </div>
      <div class="line-words">
        <a href={paths.product(product.id)}>{product.name}</a>
        <p class="quiet">
          {variant.name} · {formatCents(variant.priceCents)}
        </p>
        <div class="line-tools">
          <Stepper of={name} quantity={quantity} onChange={change} testId={`line-${product.id}-${variant.id}`} />
          <button
            type="button"
            class="link"
            aria-label={`Remove ${name}`}
            data-testid={`remove-${product.id}-${variant.id}`}
            onClick={() => {
              removeFromCart(product, variant, quantity)
              announce({
                text: `${name} is out of your cart.`,
                action: { name: 'Put it back', run: () => addToCart(product, variant, quantity) },
              })
            }}
          >
            Remove
          </button>
        </div>
      </div>
      <strong class="line-sum">{formatCents(variant.priceCents * quantity)}</strong>
    </div>
  )
}

function FreeShipping() {
  const [standard] = shippingMethods
  const missing = standard.freeFromCents - cartTotals.value.subtotalCents
  return (
    <p class="free-shipping">
      {missing > 0 ? `${formatCents(missing)} more and delivery is free.` : 'Delivery is free.'}
      <progress max={standard.freeFromCents} value={Math.min(cartTotals.value.subtotalCents, standard.freeFromCents)}>
        {formatCents(cartTotals.value.subtotalCents)}
      </progress>
    </p>
  )
}

function Coupon() {
  const [isRefused, setRefused] = useState(false)
  if (coupon.value !== null) {
    return (
      <p class="coupon-on">
        <span class="chip is-granted" data-testid="coupon-on">
          {coupon.value}
        </span>
        <button type="button" class="link" data-testid="coupon-remove" onClick={takeCouponOff}>
          Take it off
        </button>
      </p>
    )
  }
  return (
    <form
      class="coupon"
      onSubmit={(event) => {
        event.preventDefault()
        setRefused(!enterCoupon(String(new FormData(event.currentTarget).get('coupon') ?? '')))
      }}
    >
      <label for="coupon">Coupon</label>
      <div class="coupon-row">
        <input
          id="coupon"
          name="coupon"
          autocomplete="off"
          autocapitalize="characters"
          placeholder="TEA10"
          aria-invalid={isRefused}
          aria-describedby={isRefused ? 'coupon-fault' : undefined}
          data-testid="coupon-input"
        />
        <button type="submit" class="button is-quiet" data-testid="coupon-apply">
          Apply
        </button>
      </div>
      {isRefused && (
        <p class="fault" id="coupon-fault" role="alert" data-testid="coupon-fault">
          We do not know this coupon. The one on our front page is TEA10.
        </p>
      )}
    </form>
  )
}
