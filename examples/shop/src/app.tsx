import { useLayoutEffect, useRef } from 'preact/hooks'
import { AccountPage } from './pages/account-page.tsx'
import { CartPage } from './pages/cart-page.tsx'
import { CategoryPage } from './pages/category-page.tsx'
import { CheckoutPage } from './pages/checkout-page.tsx'
import { HomePage } from './pages/home-page.tsx'
import { LostPage } from './pages/lost-page.tsx'
import { NewsletterPage } from './pages/newsletter-page.tsx'
import { OrderPage } from './pages/order-page.tsx'
import { ProductPage } from './pages/product-page.tsx'
import { SearchPage } from './pages/search-page.tsx'
import { UnsubscribePage } from './pages/unsubscribe-page.tsx'
import { WishlistPage } from './pages/wishlist-page.tsx'
import { WorkshopPage } from './pages/workshop-page.tsx'
import { TrackerPanel } from './panel/tracker-panel.tsx'
import { Footer } from './parts/footer.tsx'
import { Header } from './parts/header.tsx'
import { dismiss, NoticeArea } from './parts/notice.tsx'
import { route } from './router.ts'
import type { Route } from './routes.ts'

export function App() {
  const at = route.value
  // A room with another name is another page: its component starts anew and tells its own view.
  const key = JSON.stringify(at)
  useArrival(key)
  return (
    <>
      <a class="skip-link" href="#main">
        Skip to the shelves
      </a>
      <Header />
      <NoticeArea />
      <main id="main" tabIndex={-1}>
        <div class="page" key={key}>
          <Page at={at} />
        </div>
      </main>
      <Footer />
      <TrackerPanel />
    </>
  )
}

function Page({ at }: { at: Route }) {
  switch (at.page) {
    case 'home':
      return <HomePage />
    case 'category':
      return <CategoryPage category={at.category} />
    case 'product':
      return <ProductPage id={at.id} />
    case 'search':
      return <SearchPage query={at.query} />
    case 'cart':
      return <CartPage />
    case 'checkout':
      return <CheckoutPage />
    case 'order':
      return <OrderPage id={at.id} />
    case 'wishlist':
      return <WishlistPage />
    case 'account':
      return <AccountPage />
    case 'newsletter':
      return <NewsletterPage />
    case 'unsubscribe':
      return <UnsubscribePage />
    case 'workshop':
      return <WorkshopPage />
    case 'lost':
      return <LostPage />
  }
}

/** Does what a page load would do: begins at the top, and puts the keyboard and the screen reader at the new heading. */
function useArrival(key: string): void {
  const isFirst = useRef(true)
  useLayoutEffect(() => {
    if (isFirst.current) {
      isFirst.current = false
      return
    }
    dismiss()
    scrollTo({ top: 0, behavior: 'instant' })
    const heading = document.querySelector<HTMLElement>('#main h1')
    if (heading === null) return
    heading.tabIndex = -1
    heading.focus({ preventScroll: true })
  }, [key])
}
