import type { Outcome } from './client.ts'

/** Where parts of the page that change something say what comes of it. One sentence at a time, at one place. */
export interface Doing {
  /** How far it is. */
  goesOn(sentence: string): void
  /** @param hasChanged must the figures be asked for again? Yes, unless it is said. */
  done(sentence: string, hasChanged?: boolean): void
  /** @param before what was done before it failed */
  failed(outcome: Exclude<Outcome<unknown>, { readonly kind: 'ok' }>, before?: string): void
}
