import { isIPv4, isIPv6 } from 'node:net'

/**
 * The network an address belongs to: IPv4 keeps 24 bits, IPv6 keeps 48. This happens before anything is stored or logged, because
 * a full address can be personal data (CJEU C-582/14, Breyer).
 *
 * @returns `null` for what is not an address.
 */
export function truncateIp(address: string | null | undefined): string | null {
  if (address === null || address === undefined) return null
  const plain = withoutZone(address)
  if (isIPv4(plain)) return truncateIpv4(plain)
  if (!isIPv6(plain)) return null
  const groups = expandIpv6(plain)
  const mapped = mappedIpv4(groups)
  if (mapped !== null) return truncateIpv4(mapped)
  const kept = groups.slice(0, 3).map((group) => group.toString(16))
  while (kept.at(-1) === '0') kept.pop()
  return kept.length === 0 ? '::' : `${kept.join(':')}::`
}

const withoutZone = (address: string): string => {
  const zone = address.indexOf('%')
  return zone === -1 ? address : address.slice(0, zone)
}

const truncateIpv4 = (address: string): string => `${address.split('.').slice(0, 3).join('.')}.0`

/** Eight 16-bit groups of a valid IPv6 text. */
export function expandIpv6(address: string): number[] {
  const [head = '', tail] = address.split('::')
  const before = groupsOf(head)
  if (tail === undefined) return before
  const after = groupsOf(tail)
  return [...before, ...Array.from({ length: 8 - before.length - after.length }, () => 0), ...after]
}

const groupsOf = (text: string): number[] =>
  text === '' ? [] : text.split(':').flatMap((part) => (part.includes('.') ? ipv4Groups(part) : [Number.parseInt(part, 16)]))

const ipv4Groups = (text: string): number[] => {
  const [a = 0, b = 0, c = 0, d = 0] = text.split('.').map(Number)
  return [a * 256 + b, c * 256 + d]
}

/** `::ffff:192.0.2.1` is how a dual-stack socket shows an IPv4 peer. */
function mappedIpv4(groups: readonly number[]): string | null {
  const [, , , , , marker, high = 0, low = 0] = groups
  if (marker !== 0xffff || groups.slice(0, 5).some((group) => group !== 0)) return null
  return [high >> 8, high & 255, low >> 8, low & 255].join('.')
}
