declare global {
  interface Document {
    /**
     * Is the page being made ready for a visitor who may never come?
     * @see https://wicg.github.io/nav-speculation/prerendering.html
     */
    readonly prerendering?: boolean
  }
}

/**
 * The page may be gone after this: hidden (and then frozen or discarded), navigated away from, closed, or put into the back-forward
 * cache. Called when it is shown again as well.
 */
export function onHide(listener: (isLeaving: boolean) => void): void {
  // Mobile browsers often kill a hidden tab without pagehide, so hidden is the last moment to rely on; pagehide comes for what is
  // captured after it, by an unload handler of the shop's.
  addEventListener('visibilitychange', () => listener(false), true)
  addEventListener('pagehide', () => listener(true), true)
}

/** Now, and whenever a prerendered page is shown, a page comes back from the back-forward cache, or the network comes back. */
export function onWake(listener: () => void): void {
  // Capturing, to come before the page's own listeners: what they track belongs to the visitor and the consent of now.
  addEventListener('prerenderingchange', listener, true)
  addEventListener('pageshow', listener, true)
  addEventListener('online', listener, true)
  listener()
}
