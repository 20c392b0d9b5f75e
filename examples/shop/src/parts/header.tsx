import { firstName } from '../account/account.ts'
import { Leaf } from '../art/leaf.tsx'
import { cartCount } from '../cart/cart.ts'
import { categories, categoryNames } from '../goods/product.ts'
import { go, route } from '../router.ts'
import { paths } from '../routes.ts'
import { wishes } from '../wishlist/wishlist.ts'
import { BasketIcon, HeartIcon, PersonIcon, SearchIcon } from './icons.tsx'

export function Header() {
  const at = route.value
  return (
    <header class="site-header">
      <div class="bar">
        <a class="logo" href={paths.home} aria-label="Blatt, to the start">
          <svg viewBox="-26 -40 52 80" aria-hidden="true" focusable="false">
            <Leaf x={0} y={0} fill="var(--accent)" vein="var(--paper)" />
          </svg>
          <span>Blatt</span>
        </a>
      </div>
      <nav class="departments" aria-label="Departments">
        {categories.map((category) => (
          <a
            key={category}
            href={paths.category(category)}
            aria-current={at.page === 'category' && at.category === category ? 'page' : undefined}
            data-testid={`nav-${category}`}
          >
            {categoryNames[category]}
          </a>
        ))}
      </nav>
      <search class="search">
        <form
          onSubmit={(event) => {
            event.preventDefault()
            const query = String(new FormData(event.currentTarget).get('q') ?? '').trim()
            if (query !== '') go(paths.search(query))
          }}
        >
          <SearchIcon />
          <input
            type="search"
            name="q"
            aria-label="Search the shop"
            placeholder="Jasmine, cup, gift …"
            autocomplete="off"
            enterkeyhint="search"
            data-testid="search-input"
            value={at.page === 'search' ? at.query : ''}
          />
          <button type="submit" class="sr-only" data-testid="search-submit">
            Search
          </button>
        </form>
      </search>
      <div class="actions">
        <a href={paths.account} data-testid="open-account" aria-current={at.page === 'account' ? 'page' : undefined}>
          <PersonIcon />
          <span>{firstName.value ?? 'Account'}</span>
        </a>
        <a href={paths.wishlist} data-testid="open-wishlist" aria-current={at.page === 'wishlist' ? 'page' : undefined}>
          <HeartIcon />
          <span>Wishes</span>
          <Count of={wishes.value.length} what="wishes" />
        </a>
        <a href={paths.cart} data-testid="open-cart" aria-current={at.page === 'cart' ? 'page' : undefined}>
          <BasketIcon />
          <span>Cart</span>
          <Count of={cartCount.value} what="in the cart" />
        </a>
      </div>
    </header>
  )
}

function Count({ of, what }: { of: number; what: string }) {
  if (of === 0) return null
  return (
    <span class="count">
      {of} <span class="sr-only">{what}</span>
    </span>
  )
}
