import { computed, type ReadonlySignal, signal } from '@preact/signals'
import { parseRoute, type Route } from './routes.ts'

const address = signal(new URL(location.href))

/** Where the visitor is. */
export const here: ReadonlySignal<URL> = address
export const route: ReadonlySignal<Route> = computed(() => parseRoute(address.value))

/** Goes to another room without loading the page anew. `replace` leaves no step for the back button. */
export function go(path: string, { replace = false } = {}): void {
  if (replace) history.replaceState(null, '', path)
  else history.pushState(null, '', path)
  address.value = new URL(location.href)
}

/** Lets plain links work inside the page, so that pages write `<a href>` and nothing else. */
export function startRouter(): void {
  addEventListener('popstate', () => {
    address.value = new URL(location.href)
  })
  document.addEventListener('click', (event) => {
    const link = event.target instanceof Element ? event.target.closest('a') : null
    if (link === null || !isPlainClick(event) || !staysInShop(link)) return
    event.preventDefault()
    go(link.href)
  })
}

const isPlainClick = (event: MouseEvent): boolean =>
  !event.defaultPrevented && event.button === 0 && !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey)

function staysInShop(link: HTMLAnchorElement): boolean {
  const target = new URL(link.href, location.href)
  if (link.target !== '' || link.hasAttribute('download') || target.origin !== location.origin) return false
  // Links of a letter load the page, because that is what they do in a mailbox.
  if (target.searchParams.has('mid')) return false
  const isJump = target.hash !== '' && target.pathname === location.pathname
  return target.pathname.startsWith('/shop') && !isJump
}
