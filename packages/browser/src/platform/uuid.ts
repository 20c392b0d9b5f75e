/**
 * Milliseconds and, below them, a counter of twelve bits: 14 digits until the year 2527, exact until 2039. A full counter carries into
 * the time.
 */
let ticks = 0

/** Asking for randomness costs more than all the rest of an event: it is asked for in advance, and each number used once. */
const pool = new BigUint64Array(64)
let left = 0

/**
 * A UUID of version 7. They sort in the order in which they were made, also within a millisecond and when the clock goes back.
 * @see https://www.rfc-editor.org/rfc/rfc9562#section-5.7 and its method of a counter after the time
 */
export const uuid = (): string => {
  ticks = Math.max(ticks + 1, Date.now() * 4096)
  left ||= crypto.getRandomValues(pool).length
  const random = pool[--left] as bigint // there is one
  // `7` is the version, `8` the variant; the last digit is one too many.
  return `0${ticks.toString(16)}${random.toString(16).padStart(16, '0')}`.replace(
    /(.{8})(.{4})(...)(...)(.{12})./,
    '$1-$2-7$3-8$4-$5',
  )
}
