import { expandIpv6 } from '../privacy/truncate-ip.ts'

/**
 * What one subscriber has: an IPv4 address, or the /64 of an IPv6 address, within which a device takes whatever address it likes.
 *
 * @param address valid, without brackets, port or zone; an IPv4 address not in its IPv6 form
 */
export const networkOf = (address: string): string =>
  address.includes(':')
    ? expandIpv6(address)
        .slice(0, 4)
        .map((group) => group.toString(16))
        .join(':')
    : address
