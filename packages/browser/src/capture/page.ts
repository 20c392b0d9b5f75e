import type { Page } from '@footfall/events'
import { uuid } from '../platform/uuid.ts'

/** Follows where in the site the visitor is. */
export interface PageView {
  /** The view, at the address where the visitor is or was when a call was made; the same object for as long as nothing about it changed. */
  current(url: string): Page
  /** Begins a new view, in a single-page shop too: of the same type, unless another is given. */
  begin(type?: string | null): void
}

export function createPageView(): PageView {
  let view_id = uuid()
  let referrer = document.referrer
  let href = location.href
  let type: string | null | undefined
  let page: Page | undefined
  return {
    current(url) {
      if (page?.url !== url || page.title !== document.title) page = { url, title: document.title, referrer, view_id, type }
      return page
    },
    begin(newType = type) {
      // `document.referrer` never changes in a single-page shop; the view before is where the visitor came from.
      if (href !== location.href) referrer = href
      href = location.href
      view_id = uuid()
      type = newType
      page = undefined
    },
  }
}
