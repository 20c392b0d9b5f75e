const hex = (value: number | bigint, digits: number): string => value.toString(16).padStart(digits, '0')

/** Milliseconds and, below them, a counter of twelve bits: 15 digits. A full counter carries into the time. */
let ticks = 0

/**
 * A UUID of version 7. They sort in the order in which they were made, also within a millisecond and when the clock goes back.
 * @see https://www.rfc-editor.org/rfc/rfc9562#section-5.7 and its method of a counter after the time
 */
export const uuid = (): string => {
  ticks = Math.max(ticks + 1, Date.now() * 4096)
  const random = crypto.getRandomValues(new BigUint64Array(1))[0] as bigint // there is one
  // `7` is the version, `8` the variant; the last digit is one too many.
  return (hex(ticks, 15) + hex(random, 16)).replace(/(.{8})(.{4})(...)(...)(.{12})./, '$1-$2-7$3-8$4-$5')
}
