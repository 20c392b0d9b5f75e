import { isIPv4 } from 'node:net'

/** What a real database says about a network, as far as it is read. */
export type Place = Readonly<Record<string, unknown>>

/**
 * Writes a small database in MaxMind's format: networks such as `203.0.113.0/24` or `2001:db8::/32`, and what is known about each.
 *
 * @see https://maxmind.github.io/MaxMind-DB/
 */
export function geoDb(networks: Readonly<Record<string, Place>>): Buffer {
  const data: Buffer[] = []
  let dataSize = 0
  const nodes: [left: Branch, right: Branch][] = [[null, null]]
  for (const [network, place] of Object.entries(networks)) {
    const [address = '', prefix = ''] = network.split('/')
    const bits = bitsOf(address).slice(0, Number(prefix) + (isIPv4(address) ? 96 : 0))
    const written = encoded(place)
    data.push(written)
    enter(nodes, bits, { offset: dataSize })
    dataSize += written.length
  }
  const tree = Buffer.concat(
    nodes.map((node) => {
      const bytes = Buffer.alloc(6)
      for (const [side, branch] of node.entries()) bytes.writeUIntBE(pointerOf(branch, nodes.length), side * 3, 3)
      return bytes
    }),
  )
  const metadata = {
    node_count: nodes.length,
    record_size: 24,
    ip_version: 6,
    database_type: 'Test',
    languages: ['en'],
    binary_format_major_version: 2,
    binary_format_minor_version: 0,
    build_epoch: 1,
    description: { en: 'test' },
  }
  return Buffer.concat([tree, Buffer.alloc(16), ...data, Buffer.from('\xab\xcd\xefMaxMind.com', 'latin1'), encoded(metadata)])
}

/** The node it leads to, what is known there, or nothing. */
type Branch = { readonly node: number } | { readonly offset: number } | null

function enter(nodes: [Branch, Branch][], bits: readonly (0 | 1)[], leaf: Branch): void {
  let at = 0
  for (const [index, bit] of bits.entries()) {
    const node = nodes[at]
    if (node === undefined) throw new Error('a branch leads nowhere')
    if (index === bits.length - 1) {
      node[bit] = leaf
      return
    }
    const next = node[bit]
    if (next !== null && 'offset' in next) throw new Error('networks must not lie in each other')
    at = next?.node ?? nodes.push([null, null]) - 1
    node[bit] = { node: at }
  }
}

const pointerOf = (branch: Branch, count: number): number =>
  branch === null ? count : 'node' in branch ? branch.node : count + 16 + branch.offset

function bitsOf(address: string): readonly (0 | 1)[] {
  const bytes = isIPv4(address)
    ? [...Array<number>(12).fill(0), ...address.split('.').map(Number)]
    : groupsOf(address).flatMap((group) => [group >> 8, group & 0xff])
  return bytes.flatMap((byte) => Array.from({ length: 8 }, (_, index) => ((byte >> (7 - index)) & 1) as 0 | 1)) // a bit is one of these
}

function groupsOf(address: string): readonly number[] {
  const [head = '', tail = ''] = address.split('::')
  const groups = (text: string): number[] => (text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16)))
  const [before, after] = [groups(head), groups(tail)]
  return [...before, ...Array<number>(8 - before.length - after.length).fill(0), ...after]
}

function encoded(value: unknown): Buffer {
  if (typeof value === 'string') return Buffer.concat([control(2, Buffer.byteLength(value)), Buffer.from(value)])
  if (typeof value === 'number') {
    const bytes = Buffer.alloc(4)
    bytes.writeUInt32BE(value)
    return Buffer.concat([control(6, 4), bytes])
  }
  if (Array.isArray(value)) return Buffer.concat([Buffer.from([value.length, 4]), ...value.map(encoded)])
  const entries = Object.entries(value as object)
  return Buffer.concat([control(7, entries.length), ...entries.flatMap(([key, part]) => [encoded(key), encoded(part)])])
}

/** Up to 28 of whatever it counts, which is enough here. */
const control = (type: number, size: number): Buffer => {
  if (size > 28) throw new Error('too long for a test')
  return Buffer.from([(type << 5) | size])
}
