import type { BlockList } from 'node:net'
import { isIP, SocketAddress } from 'node:net'
import type { Context } from 'hono'
import { networksOf } from '../limits/networks-of.ts'
import type { NodeBindings } from './receive.ts'

/** The other end of a request, behind the proxies that are trusted. */
export interface Peer {
  /** Full address: to be truncated before it goes anywhere. */
  readonly address: string | null
  readonly host: string | null
  readonly isHttps: boolean
  /** Did a trusted proxy hand the request on? */
  readonly isProxied: boolean
  /**
   * By what names limits know the sender, as `networksOf` gives them; none where the address may be that of many visitors: that of this
   * machine, of a proxy which nobody named, or which does not say for whom it speaks. A limit would be one for all of them together.
   */
  readonly networks: readonly string[]
  /** Does a proxy seem to hand requests on that is not named among the trusted ones? */
  readonly isUnnamedProxy: boolean
}

/** Believes `X-Forwarded-*` only from a trusted proxy, and of its addresses only as far as trusted proxies wrote them. */
export function peerOf(c: Context, trustedProxies: BlockList): Peer {
  const { incoming } = (c.env ?? {}) as NodeBindings
  const remote = plainAddress(incoming?.socket?.remoteAddress)
  const forwardedFor = c.req.header('x-forwarded-for')
  const direct = {
    address: remote,
    host: c.req.header('host') ?? new URL(c.req.url).host,
    isHttps: c.req.url.startsWith('https:'),
  }
  if (remote === null || !isIn(remote, trustedProxies)) {
    // A proxy on this machine or in its network that is not named: a shop's visitors come from elsewhere.
    const isUnnamedProxy = forwardedFor !== undefined && remote !== null && isPrivate(remote)
    const networks = remote === null || isUnnamedProxy || isLoopback(remote) ? [] : networksOf(remote)
    return { ...direct, isProxied: false, networks, isUnnamedProxy }
  }
  const address = clientAddress(forwardedFor, remote, trustedProxies)
  const forwardedProtocol = lastOf(c.req.header('x-forwarded-proto'))
  return {
    address,
    host: lastOf(c.req.header('x-forwarded-host')) ?? direct.host,
    isHttps: forwardedProtocol === null ? direct.isHttps : forwardedProtocol.toLowerCase() === 'https',
    isProxied: true,
    networks: isIn(address, trustedProxies) || isLoopback(address) ? [] : networksOf(address),
    isUnnamedProxy: false,
  }
}

/** Looking an address up takes time, and a header has room for thousands of them. */
const maxHops = 20

/** From the right, the first address that no trusted proxy has: what stands further left, anybody could have written. */
function clientAddress(forwardedFor: string | undefined, remote: string, trustedProxies: BlockList): string {
  let address = remote
  for (const hop of (forwardedFor ?? '').split(',').slice(-maxHops).reverse()) {
    const next = plainAddress(hop.trim())
    if (next === null) break
    address = next
    if (!isIn(address, trustedProxies)) break
  }
  return address
}

const isIn = (address: string, networks: BlockList): boolean => networks.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')

// Texts are compared, and not networks: this is asked of every request, and looking a network up takes longer than all the rest here.
const isLoopback = (address: string): boolean => address.startsWith('127.') || address === '::1'

/** @see https://www.rfc-editor.org/rfc/rfc1918 https://www.rfc-editor.org/rfc/rfc4193 */
const isPrivate = (address: string): boolean =>
  isLoopback(address) || /^(10\.|192\.168\.|169\.254\.|172\.(1[6-9]|2\d|3[01])\.|f[cd]..:|fe[89ab].:)/.test(address)

/** An address without brackets, port, zone and IPv4 mapping; `null` for what is none. */
function plainAddress(text: string | undefined): string | null {
  if (text === undefined) return null
  const bare = /^\[(.+)\](?::\d+)?$/.exec(text)?.[1] ?? (/^[\d.]+:\d+$/.test(text) ? text.slice(0, text.indexOf(':')) : text)
  // What a socket that hears both kinds says of most visitors.
  const address = bare.replace(/^::ffff:(?=\d+\.)/i, '')
  switch (isIP(address)) {
    case 4:
      return address
    case 6:
      return new SocketAddress({ address, family: 'ipv6' }).address.replace(/^::ffff:(?=\d+\.)/, '')
    default:
      return null
  }
}

const lastOf = (header: string | undefined): string | null => header?.split(',').at(-1)?.trim() || null
