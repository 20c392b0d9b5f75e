import type { Decisions } from '../options.ts'

/** A consent platform's word, as it stands. */
export interface Reading<Category = string> {
  /** Did the visitor decide this? A default, an implied consent or a question still open is not explicit, and decides nothing. */
  readonly explicit: boolean
  /** What the visitor said of a category of the platform's: `true`, `false`, or nothing that could be relied on, which is left alone. */
  readonly state: (category: Category) => unknown
}

/** Which of a platform's categories stands for a purpose. A purpose that is not named is left alone. */
export type Mapping<Category = string> = { readonly [P in keyof Decisions]?: Category }

/**
 * A consent platform, as `follow` reads it. It must never answer better than it knows: what it cannot read is no reading. Whatever it
 * throws counts as that too.
 */
export interface ConsentSource<Category = string> {
  /** Becomes the `method` of a decision's record. */
  readonly name: string
  /** A shop that has renamed its categories brings its own: `{ ...oneTrust, purposes: { analytics: 'C0007' } }`. */
  readonly purposes: Mapping<Category>
  /** Is the platform on the page, so that `subscribe` may reach it? Its data need not be there yet. */
  detect(): boolean
  /** What it says now; undefined while it has said nothing yet, and about a visitor to whom it does not apply. */
  read(): Reading<Category> | undefined
  /** Calls back after whatever may have changed what `read` says, for as long as the page lives. */
  subscribe(callback: () => void): void
}

/** Listens to events of the page, their names divided by spaces; those of the document pass by the window on their way down. */
export function listen(names: string, callback: () => void): void {
  for (const name of names.split(' ')) addEventListener(name, callback, true)
}
