import type { Sealed } from '../capture/seal.ts'

/** How much waits: how many events, and about how many bytes they have. */
export type Extent = [count: number, bytes: number]

/** Where sealed events wait until the collector has them. Order is the order of capture; what is asked happens in the order of asking. */
export interface Queue {
  /**
   * Adds and forgets, as a whole or not at all. Answers how much waits afterwards.
   *
   * New events are given their numbers (`seq`): in order, without a gap or a repeat, per owner. An event that is here already stays as
   * it is; one without an owner is not numbered. What is forgotten and not here is passed over.
   */
  change(added: readonly Sealed[], removed: readonly Sealed[]): Promise<Extent>
  /** Forgets everything else; with `isAll`, how far the visitor was counted too. */
  retain(keep: (event: Sealed) => unknown, isAll?: boolean): Promise<Extent>
  /** The oldest, at most `count`. They stay until a change. */
  peek(count: number): Promise<readonly Sealed[]>
}

/** What an event takes up, in characters; close enough to bytes for a bound. Another version of the tracker may have left what is none. */
export const sizeOf = ({ event }: Partial<Sealed>): number => event?.length ?? 0
