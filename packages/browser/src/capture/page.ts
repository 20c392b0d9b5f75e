import type { Page } from '@footfall/events'

/** Follows where in the site the visitor is. */
export interface PageView {
  current(): Page
  /** Begins a new view, in a single-page shop too. */
  begin(type?: string): void
}

export function createPageView(uuid: () => string): PageView {
  let view_id = uuid()
  let { referrer } = document
  let { href } = location
  let type: string | undefined
  return {
    current: () => ({ url: location.href, title: document.title, referrer, view_id, type }),
    begin(newType) {
      // `document.referrer` never changes in a single-page shop; the view before is where the visitor came from.
      if (href !== location.href) referrer = href
      href = location.href
      view_id = uuid()
      type = newType
    },
  }
}
