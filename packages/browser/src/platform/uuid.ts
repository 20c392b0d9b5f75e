const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0')

/**
 * Makes UUIDs of version 7 that sort in the order in which they were made, also within a millisecond and when the clock goes back.
 * @see https://www.rfc-editor.org/rfc/rfc9562#section-5.7 and its method of a counter after the time
 */
export function createUuid(): () => string {
  // Milliseconds and, below them, a counter of twelve bits: 15 digits. A full counter carries into the time.
  let ticks = 0
  return () => {
    ticks = Math.max(ticks + 1, Date.now() * 4096)
    const random = crypto.getRandomValues(new Uint32Array(2))
    // `7` is the version, `8` the variant; the last digit is one too many.
    return random
      .reduce((digits, word) => digits + hex(word, 8), hex(ticks, 15))
      .replace(/(.{8})(.{4})(...)(...)(.{12})./, '$1-$2-7$3-8$4-$5')
  }
}
