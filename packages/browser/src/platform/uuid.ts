const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0')

/**
 * Makes UUIDs of version 7 that sort in the order in which they were made, also within a millisecond and when the clock goes back.
 * @see https://www.rfc-editor.org/rfc/rfc9562#section-5.7 and its method of a counter after the time
 */
export function createUuid(): () => string {
  // Milliseconds and, below them, ten bits of the counter that follows the version; a full counter carries into the time.
  let ticks = 0
  return () => {
    ticks = Math.max(ticks + 1, Date.now() * 1024)
    const [high = 0, low = 0] = crypto.getRandomValues(new Uint32Array(2))
    // `7` is the version, the two upper bits of 0x80000000 the variant.
    const digits = `${hex(Math.floor(ticks / 1024), 12)}7${hex(ticks % 1024, 3)}${hex((high >>> 2) + 0x80000000, 8)}${hex(low, 8)}`
    return digits.replace(/(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
  }
}
