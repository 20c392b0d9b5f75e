import type { Page } from '@footfall/events'
import { type Fault, fault, type Notes } from './notes.ts'
import { cutUrl } from './properties.ts'

/**
 * Where in the site it happened, with its addresses cut to the limit. A page view without a page is none; one whose kind of page was not
 * sent has had it filled in by the schema, which is recorded.
 */
export function normalisePage(page: Page | null | undefined, name: string, hasType: boolean, notes: Notes): Page | null | Fault {
  const isPageView = name === 'page_viewed'
  if (page === null || page === undefined) return isPageView ? fault('missing_required', 'page.url is missing') : null
  const { referrer, type } = page
  if (isPageView && !hasType) notes.repairs.push({ field: 'page.type', from: null, to: type, rule: 'DF-DEFAULT' })
  return {
    ...page,
    url: cutUrl(page.url, 'page.url', notes),
    ...(typeof referrer === 'string' ? { referrer: cutUrl(referrer, 'page.referrer', notes) } : {}),
  }
}
