import { limits, type Page } from '@footfall/events'
import { type CleanUrl, cleanReferrer, cleanUrl } from './clean-url.ts'
import { type Fault, fault, type Notes, noteRepair } from './notes.ts'
import { redactText } from './pii.ts'

/**
 * Where in the site it happened, with its addresses cleaned and cut to the limit and its title redacted. A page view without a page is none;
 * one whose kind of page was not sent has had it filled in by the schema, which is recorded.
 */
export function normalisePage(page: Page | null | undefined, name: string, hasType: boolean, notes: Notes): Page | null | Fault {
  const isPageView = name === 'page_viewed'
  if (page === null || page === undefined) return isPageView ? fault('missing_required', 'page.url is missing') : null
  const { title, referrer, type } = page
  if (isPageView && !hasType) notes.repairs.push({ field: 'page.type', from: null, to: type, rule: 'DF-DEFAULT' })
  return {
    ...page,
    url: storedUrl(page.url, 'page.url', notes),
    ...(typeof title === 'string' ? { title: storedTitle(title, notes) } : {}),
    ...(typeof referrer === 'string' ? { referrer: stored(cleanReferrer(referrer), referrer, 'page.referrer', notes) } : {}),
  }
}

/**
 * An address as it is stored. Click ids stay: without consent to marketing they are gone before.
 *
 * @param at path of the field, for the record of what was changed
 */
export const storedUrl = (url: string, at: string, notes: Notes): string =>
  stored(cleanUrl(url, { mayKeepClickIds: true }), url, at, notes)

function stored({ url, rule }: CleanUrl, sent: string, at: string, notes: Notes): string {
  if (url !== sent) noteRemoval(at, rule, notes)
  if (url.length <= limits.maxUrlLength) return url
  // Its tail is parameters, and what stands before tells the page.
  notes.flags.add('url_cut')
  notes.repairs.push({ field: at, from: `${url.length} characters`, to: `${limits.maxUrlLength} characters`, rule: 'UR-CUT' })
  return url.slice(0, limits.maxUrlLength).toWellFormed()
}

function storedTitle(title: string, notes: Notes): string {
  const text = redactText(title)
  if (text !== title) noteRemoval('page.title', 'UR-PII', notes)
  return text
}

/** Notes that something was left out, and by which rule. What it was is not noted: it would be kept after all. */
export function noteRemoval(field: string, rule: string, notes: Notes): void {
  if (rule === 'UR-PII') notes.flags.add('pii_redacted')
  noteRepair({ field, from: null, to: null, rule }, notes)
}
