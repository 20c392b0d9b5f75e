import { go } from './router.ts'
import { emailClicked } from './tracking.ts'

/**
 * A link of a letter carries the letter's id and its own (`?mid=letter-2026-11&link=lead`). The click is told, and the address
 * cleaned, so that neither a reload nor a shared link tells it again.
 */
export function readArrivalByMail(): void {
  const url = new URL(location.href)
  const messageId = url.searchParams.get('mid')
  if (messageId === null || messageId === '') return
  const linkId = url.searchParams.get('link') ?? 'unnamed'
  url.searchParams.delete('mid')
  url.searchParams.delete('link')
  go(url.pathname + url.search, { replace: true })
  emailClicked(messageId, linkId, url.href)
}
