import type { Page } from '@footfall/events'
import { uuid } from '../platform/uuid.ts'

/** Follows where in the site the visitor is. */
export interface PageView {
  /** The view, at the address where the visitor is or was when a call was made. */
  current(url: string): Page
  /** Begins a new view, in a single-page shop too. */
  begin(type?: string | null): void
}

export function createPageView(): PageView {
  let view_id = uuid()
  let referrer = document.referrer
  let href = location.href
  let type: string | null | undefined
  return {
    current: (url) => ({ url, title: document.title, referrer, view_id, type }),
    begin(newType) {
      // `document.referrer` never changes in a single-page shop; the view before is where the visitor came from.
      if (href !== location.href) referrer = href
      href = location.href
      view_id = uuid()
      type = newType
    },
  }
}
