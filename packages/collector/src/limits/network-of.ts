/**
 * What one subscriber has: an IPv4 address, or the /64 of an IPv6 address, within which a device takes whatever address it likes.
 *
 * @param address valid, without brackets, port or zone; an IPv4 address not in its IPv6 form
 */
export function networkOf(address: string): string {
  if (!address.includes(':')) return address
  const [head = '', tail] = address.split('::')
  const before = groupsOf(head)
  const after = groupsOf(tail ?? '')
  const all =
    tail === undefined ? before : [...before, ...new Array(Math.max(0, 8 - before.length - after.length)).fill('0'), ...after]
  return all
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')
}

// An IPv4 address at the end is as long as two groups; what it says is beyond the first four.
const groupsOf = (text: string): readonly string[] =>
  text === '' ? [] : text.split(':').flatMap((group) => (group.includes('.') ? ['0', '0'] : [group]))
