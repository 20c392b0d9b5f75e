/** How many, by reason. */
export type Drops = Record<string, number>

/** What became of this page's events. */
export interface Ledger {
  /** Settled by a receipt. */
  delivered: number
  /** Given up. */
  readonly dropped: Drops
  /** Given up, and not confirmed by a receipt yet. */
  readonly unreported: Drops
}
