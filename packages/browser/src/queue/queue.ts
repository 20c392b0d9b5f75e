import type { Sealed } from '../capture/seal.ts'

/** Where sealed events wait until the collector has them. Order is the order of capture. */
export interface Queue {
  /**
   * Resolves once they are safe here, with how many wait here in all. Gives new events their numbers (`seq`): in order, without a gap
   * or a repeat, per owner. An event that is here already stays as it is; one without an owner is not numbered.
   */
  put(events: readonly Sealed[]): Promise<number>
  /** The oldest, at most `count`. They stay until removed. */
  peek(count: number): Promise<readonly Sealed[]>
  /** Forgets these, and answers how many are left. Those that are not here are passed over. */
  remove(events: readonly Pick<Sealed, 'id'>[]): Promise<number>
}

/** Under this id stands how far the visitor's events were counted. It sorts before every event's. */
export const counterId = '#'
