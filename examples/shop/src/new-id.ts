// No 0, O, 1 or I: these are read out over the telephone. 32 letters, so that a byte falls on each equally often.
const alphabet = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ'

/** A random identifier such as `order-7KQ2M9XA`. Not `crypto.randomUUID`, which is missing where the shop is tried without https. */
export const newId = (prefix: string): string =>
  `${prefix}-${Array.from(crypto.getRandomValues(new Uint8Array(8)), (byte) => alphabet[byte % alphabet.length]).join('')}`
