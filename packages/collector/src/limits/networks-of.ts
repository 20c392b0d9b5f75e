import { expandIpv6 } from '../privacy/truncate-ip.ts'

/**
 * The names by which limits know a sender, from the narrowest: what one subscriber has, and for IPv6 the /48 around it. One subscriber has
 * an IPv4 address, or a /64, within which a device takes whatever address it likes. But a line or a rented machine often comes with a /56
 * or a /48, which are up to 65,536 of those. IPv4 needs no second name: nobody is given a whole network of it for nothing, and neighbours
 * in one are strangers.
 *
 * @param address valid, without brackets, port or zone; an IPv4 address not in its IPv6 form
 * @see https://www.rfc-editor.org/rfc/rfc6177
 */
export function networksOf(address: string): readonly string[] {
  if (!address.includes(':')) return [address]
  const [a = 0, b = 0, c = 0, d = 0] = expandIpv6(address)
  const site = `${a.toString(16)}:${b.toString(16)}:${c.toString(16)}`
  return [`${site}:${d.toString(16)}`, site]
}

/**
 * How much of what all senders have together may be one's, by the place of its name in `networksOf`: else a single one could keep
 * everybody out.
 */
export const sharesOfAll = [1 / 4, 1 / 2] as const
