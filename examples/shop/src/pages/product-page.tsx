import { useLayoutEffect, useState } from 'preact/hooks'
import { ProductArt } from '../art/product-art.tsx'
import { addToCart } from '../cart/cart.ts'
import { findProduct, products, variantOf } from '../goods/index.ts'
import { categories, categoryNames, type Product, tagNames, type Variant } from '../goods/product.ts'
import { formatCents } from '../money.ts'
import { announce } from '../parts/notice.tsx'
import { Price } from '../parts/price.tsx'
import { ProductGrid } from '../parts/product-card.tsx'
import { Stepper } from '../parts/stepper.tsx'
import { usePage } from '../parts/use-page.ts'
import { WishButton } from '../parts/wish-button.tsx'
import { buttonWording, buttonWordingShown } from '../personalization/experiment.ts'
import { rememberViewed, viewedBefore } from '../personalization/recently-viewed.ts'
import { paths } from '../routes.ts'
import { productViewed } from '../tracking.ts'
import { LostPage } from './lost-page.tsx'

export function ProductPage({ id }: { id: string }) {
  const product = findProduct(id)
  return product === undefined ? <LostPage /> : <KnownProduct product={product} />
}

function KnownProduct({ product }: { product: Product }) {
  usePage(product.name, 'product')
  const [variantId, setVariantId] = useState(product.variants.find((variant) => !variant.isSoldOut)?.id)
  const [quantity, setQuantity] = useState(1)
  const [wording] = useState(buttonWording)
  const [before] = useState(() => viewedBefore(product))
  const variant = variantOf(product, variantId)

  useLayoutEffect(() => {
    productViewed(product, variant)
    buttonWordingShown(wording)
    rememberViewed(product)
  }, [])

  const add = () => {
    addToCart(product, variant, quantity)
    setQuantity(1)
    announce({
      text: `${quantity > 1 ? `${quantity} × ` : ''}${product.name}, ${variant.name}, in your cart.`,
      action: { name: 'See the cart', href: paths.cart },
    })
  }

  return (
    <>
      <nav class="crumbs" aria-label="You are here">
        <a href={paths.home}>Blatt</a>
        <span aria-hidden="true">/</span>
        <a href={paths.category(product.category)}>{categoryNames[product.category]}</a>
      </nav>
      <article class="product">
        <div class="product-picture">
          <ProductArt product={product} variant={variant} />
          <WishButton product={product} variant={variant} />
        </div>
        <div class="product-words">
          <p class="eyebrow">{product.brand}</p>
          <h1>{product.name}</h1>
          <p class="lead">{product.line}</p>
          <p class="product-price" data-testid="product-price">
            <Price variant={variant} />
            <small class="quiet">VAT included, delivery from {formatCents(490)}</small>
          </p>
          <Variants product={product} chosen={variant} onChoose={setVariantId} />
          <div class="buy">
            <Stepper of={product.name} quantity={quantity} onChange={setQuantity} testId="product" />
            <button type="button" class="button is-large" data-testid="add-to-cart" onClick={add}>
              Add to cart{wording === 'with-price' && ` · ${formatCents(variant.priceCents * quantity)}`}
            </button>
          </div>
          <p>{product.description}</p>
          <dl class="facts">
            {product.facts.map(([label, answer]) => (
              <div key={label}>
                <dt>{label}</dt>
                <dd>{answer}</dd>
              </div>
            ))}
          </dl>
          {product.tags.length > 0 && (
            <ul class="tags" aria-label="Good to know">
              {product.tags.map((tag) => (
                <li key={tag} class="chip">
                  {tagNames[tag]}
                </li>
              ))}
            </ul>
          )}
        </div>
      </article>
      {before.length > 0 && (
        <section aria-labelledby="before-title">
          <h2 id="before-title">You looked at these before</h2>
          <ProductGrid products={before} listId="recently_viewed" />
        </section>
      )}
      <section aria-labelledby="beside-title">
        <h2 id="beside-title">Goes well with it</h2>
        <ProductGrid products={beside(product)} listId="goes_well_with" />
      </section>
    </>
  )
}

interface VariantsProps {
  readonly product: Product
  readonly chosen: Variant
  readonly onChoose: (variantId: string) => void
}

function Variants({ product, chosen, onChoose }: VariantsProps) {
  return (
    <fieldset class="variants">
      <legend>
        {product.variantsBy}: <strong>{chosen.name}</strong>
      </legend>
      <div class="variants-row">
        {product.variants.map((variant) => (
          <label key={variant.id} class="variant">
            <input
              type="radio"
              name="variant"
              value={variant.id}
              checked={variant.id === chosen.id}
              disabled={variant.isSoldOut === true}
              data-testid={`variant-${variant.id}`}
              onChange={() => onChoose(variant.id)}
            />
            <span>
              {product.variantsBy !== 'Weight' && <i class={`swatch tone-${variant.tone}`} />}
              {variant.name}
              {variant.isSoldOut && <small> sold out</small>}
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  )
}

/** Four other things: the next of each department first, so that tea brings a cup and paper with it. */
function beside(product: Product): readonly Product[] {
  const index = products.indexOf(product)
  const others = [...products.slice(index + 1), ...products.slice(0, index)]
  const firsts = categories.flatMap((category) => others.find((other) => other.category === category) ?? [])
  return [...firsts, ...others.filter((other) => !firsts.includes(other))].slice(0, 4)
}
