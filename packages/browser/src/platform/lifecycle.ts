declare global {
  interface Document {
    /** @see https://wicg.github.io/nav-speculation/prerendering.html */
    readonly prerendering?: boolean
  }
}

/** Is the page being made ready for a visitor who may never come? */
export const isPrerendering = (): boolean | undefined => document.prerendering

/**
 * The page may be gone after this: hidden (and then frozen or discarded), navigated away from, closed, or put into the back-forward cache. Called when it is
 * shown again as well.
 */
export function onHide(listener: (isLeaving: boolean) => void): void {
  const hear = ({ type }: Event) => listener(type === 'pagehide')
  // Mobile browsers often kill a hidden tab without pagehide, so hidden is the last moment to rely on; pagehide comes for what is
  // captured after it, by an unload handler of the shop's.
  addEventListener('visibilitychange', hear, true)
  addEventListener('pagehide', hear, true)
}

/** Now, and whenever a prerendered page is shown, a page comes back from the back-forward cache, or the network comes back. */
export function onWake(listener: () => void): void {
  // Capturing, to come before the page's own listeners: what they track belongs to the visitor and the consent of now.
  for (const name of ['prerenderingchange', 'pageshow', 'online']) addEventListener(name, listener, true)
  listener()
}
