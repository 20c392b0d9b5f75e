/** What can go wrong in a tracker. Codes are stable; `cause` has the browser's own error where there is one. */
export type ErrorCode =
  /** `createTracker` was called with an option it cannot work with. The only error that is thrown. */
  | 'bad_option'
  /** The properties of an event are no JSON (a cycle, a BigInt); the event was dropped. */
  | 'bad_properties'
  /** IndexedDB failed; events wait in memory instead, and in the page-hide spool where localStorage works. */
  | 'storage_failed'
  /** The collector refused a batch for good: an unknown write key, an origin that is not allowed. Its events were dropped. */
  | 'batch_refused'

/** An error of the tracker's own. Reaches `on('error')`; only `bad_option` is thrown, by `createTracker`. */
export class FootfallError extends Error {
  override readonly name = 'FootfallError'
  readonly code: ErrorCode
  constructor(code: ErrorCode, message: string, cause?: unknown) {
    super(message, { cause })
    this.code = code
  }
}
