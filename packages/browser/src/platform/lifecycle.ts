declare global {
  interface Document {
    /** @see https://wicg.github.io/nav-speculation/prerendering.html */
    readonly prerendering?: boolean
  }
}

/** Is the page being made ready for a visitor who may never come? */
export const isPrerendering = (): boolean => document.prerendering === true

/** The page may be gone after this: hidden, navigated away from, closed, or put into the back-forward cache. */
export function onHide(listener: () => void): void {
  // Mobile browsers often kill a hidden tab without pagehide, so hidden is the last moment to rely on; pagehide comes for what is
  // captured after it, by an unload handler of the shop's.
  document.addEventListener('visibilitychange', () => document.visibilityState === 'hidden' && listener())
  addEventListener('pagehide', listener)
}

/** The device says that it has a network again, or the page came back from the back-forward cache. */
export function onWake(listener: () => void): void {
  addEventListener('online', listener)
  addEventListener('pageshow', (event) => event.persisted && listener())
}

/** Now, or once a prerendered page is shown to a visitor. */
export function onShown(listener: () => void): void {
  if (isPrerendering()) document.addEventListener('prerenderingchange', listener, { once: true })
  else listener()
}
