import type { Verdict } from '@footfall/events'
import type { IconName } from './icons.ts'

/** How a verdict is shown: never by colour alone. */
export interface VerdictFace {
  readonly verdict: Verdict
  readonly word: string
  readonly icon: IconName
  /** What it means for the figures, for someone who has never read the documentation. */
  readonly meaning: string
}

/** The four verdicts, in the order of the accounting line. */
export const verdictFaces: readonly VerdictFace[] = [
  { verdict: 'accepted', word: 'Accepted', icon: 'tick', meaning: 'kept; counted unless from a bot or a repeat' },
  { verdict: 'duplicate', word: 'Duplicate', icon: 'copies', meaning: 'arrived again, kept once' },
  { verdict: 'quarantined', word: 'Quarantined', icon: 'pause', meaning: 'kept aside with the reason, can be replayed' },
  { verdict: 'rejected', word: 'Rejected', icon: 'cross', meaning: 'refused, only the count is kept' },
]

const byVerdict = new Map(verdictFaces.map((face) => [face.verdict, face]))

/** A verdict that this page does not know, from a newer collector, is shown by its own word. */
export const faceOf = (verdict: Verdict): VerdictFace =>
  byVerdict.get(verdict) ?? { verdict, word: verdict, icon: 'dot', meaning: '' }
