import { type Category, categories } from './goods/product.ts'

/** The rooms of the shop. */
export type Route =
  | { readonly page: 'home' | 'cart' | 'checkout' | 'wishlist' | 'account' | 'newsletter' | 'unsubscribe' | 'workshop' | 'lost' }
  | { readonly page: 'category'; readonly category: Category }
  | { readonly page: 'product'; readonly id: string }
  | { readonly page: 'search'; readonly query: string }
  | { readonly page: 'order'; readonly id: string }

/** The one place where an address is written. */
export const paths = {
  home: '/shop/',
  category: (category: Category) => `/shop/c/${category}`,
  product: (id: string) => `/shop/p/${encodeURIComponent(id)}`,
  search: (query: string) => `/shop/search?q=${encodeURIComponent(query)}`,
  cart: '/shop/cart',
  checkout: '/shop/checkout',
  order: (id: string) => `/shop/order/${encodeURIComponent(id)}`,
  wishlist: '/shop/wishlist',
  account: '/shop/account',
  newsletter: '/shop/newsletter',
  unsubscribe: (list: string) => `/shop/unsubscribe?list=${encodeURIComponent(list)}`,
  workshop: '/shop/workshop',
} as const

/** Reads an address; what is no room of the shop is `lost`. */
export function parseRoute({ pathname, searchParams }: URL): Route {
  const [room = '', name, ...rest] = pathname.replace(/^\/shop\/?/, '').split('/')
  if (rest.length > 0) return { page: 'lost' }
  const isAlone = name === undefined || name === ''
  if (room === '' && isAlone) return { page: 'home' }
  if (room === 'search' && isAlone) return { page: 'search', query: (searchParams.get('q') ?? '').trim() }
  if (isAlone) return { page: plainRooms.find((plain) => plain === room) ?? 'lost' }
  const category = categories.find((known) => known === name)
  if (room === 'c' && category !== undefined) return { page: 'category', category }
  if (room === 'p') return { page: 'product', id: decode(name) }
  if (room === 'order') return { page: 'order', id: decode(name) }
  return { page: 'lost' }
}

const plainRooms = ['cart', 'checkout', 'wishlist', 'account', 'newsletter', 'unsubscribe', 'workshop'] as const

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text // an address cut in the middle of an escape: no product has that name, and the page says so
  }
}
