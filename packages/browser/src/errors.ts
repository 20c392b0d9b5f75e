/** What can go wrong in a tracker. Codes are stable; `cause` has the browser's own error where there is one. */
export type ErrorCode =
  /** `createTracker` was called without a `writeKey`, or with an `endpoint` that is no URL. The only error that is thrown. */
  | 'bad_option'
  /**
   * A method was called with what it cannot work with: properties or traits that are no JSON (a cycle, a BigInt), no user id. The
   * call did nothing; the message names the method, `cause` says what is wrong. An event that was lost so is counted as `unreadable`.
   */
  | 'bad_call'
  /** IndexedDB failed; events wait in memory instead, and in the spool where localStorage works. */
  | 'storage_failed'

/** An error of the tracker's own. Reaches `on('error')`; only `bad_option` is thrown, by `createTracker`. */
export type FootfallError = Error & { readonly code: ErrorCode }

export const createError = (code: ErrorCode, message: string, cause?: unknown): FootfallError =>
  Object.assign(new Error(message, { cause }), { code })
