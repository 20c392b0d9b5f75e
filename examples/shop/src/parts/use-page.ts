import { useLayoutEffect } from 'preact/hooks'
import { pageViewed } from '../tracking.ts'

/**
 * Names the page and tells that it was viewed, before the browser paints and before the page's own events, which belong to this view.
 * @param type kind of page, in the shop's words
 */
export function usePage(title: string, type: string): void {
  // The document's title is part of what is told, so it comes first. A title that changes later is no new view.
  useLayoutEffect(() => {
    document.title = `${title} · Blatt`
    pageViewed(type)
  }, [])
}
