import type { Decisions } from '../options.ts'
import type { Tracker } from '../tracker.ts'
import type { ConsentSource, Reading } from './source.ts'

/**
 * Makes a tracker follow a consent platform, which may be there already or come later, for as long as the page lives. Only what the
 * visitor has decided there reaches the tracker; a platform that is missing, fails, talks nonsense or takes its time decides nothing.
 *
 * A refusal always counts, and so does a decision that the platform takes back. The first word of a page may be an old one: it grants
 * nothing where somebody else (the shop's own banner, say) has told of a decision, or where that has expired. Then the platform's word
 * must be seen to change.
 */
export function follow<Category>(tracker: Pick<Tracker, 'consent'>, source: ConsentSource<Category>): void {
  /** What the platform said last: empty when nobody had decided. */
  let last: string | undefined

  const update = () => {
    try {
      const { explicit, state } = source.read() as Reading<Category> // or nothing, which throws
      const { reason } = tracker.consent()
      const isNews = last != null || 'undecided region gpc cmp'.includes(reason)
      const decisions: Record<string, unknown> = {}
      let word = ''
      for (const purpose in source.purposes) {
        const said = explicit ? state(source.purposes[purpose as keyof Decisions] as Category) : '' // it is one of them
        word += said
        // Anything else leaves the purpose as it is.
        decisions[purpose] = said === true ? isNews && 'granted' : (said === false || (last && said === '')) && 'denied'
      }
      if (word !== last) {
        last = word
        // An old word leaves the decision to whoever made it, or the next page would take that for the platform's own.
        tracker.consent(decisions as Decisions, { source: isNews ? 'cmp' : reason, method: source.name })
      }
    } catch {}
  }
  const look = () => {
    try {
      source.subscribe(update)
      update()
    } catch {
      setTimeout(look, 500)
    }
  }
  // A server has no visitor.
  if (globalThis.window) look()
}
