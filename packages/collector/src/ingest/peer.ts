import type { BlockList } from 'node:net'
import { isIP } from 'node:net'
import type { Context } from 'hono'
import type { NodeBindings } from './receive.ts'

/** The other end of a request, behind the proxies that are trusted. */
export interface Peer {
  /** Full address: to be truncated before it goes anywhere. */
  readonly address: string | null
  readonly host: string | null
  readonly isHttps: boolean
  /** Did a trusted proxy hand the request on? */
  readonly isProxied: boolean
}

/** Believes `X-Forwarded-*` only from a trusted proxy, and of its addresses only as far as trusted proxies wrote them. */
export function peerOf(c: Context, trustedProxies: BlockList): Peer {
  const { incoming } = (c.env ?? {}) as NodeBindings
  const socket = incoming?.socket
  const remote = plainAddress(socket?.remoteAddress)
  const url = new URL(c.req.url)
  const direct: Peer = {
    address: remote,
    host: c.req.header('host') ?? url.host,
    isHttps: url.protocol === 'https:',
    isProxied: false,
  }
  if (remote === null || !isTrusted(remote, trustedProxies)) return direct
  const forwardedHost = lastOf(c.req.header('x-forwarded-host'))
  const forwardedProtocol = lastOf(c.req.header('x-forwarded-proto'))
  return {
    address: clientAddress(c.req.header('x-forwarded-for'), remote, trustedProxies),
    host: forwardedHost ?? direct.host,
    isProxied: true,
    isHttps: forwardedProtocol === null ? direct.isHttps : forwardedProtocol.toLowerCase() === 'https',
  }
}

/** From the right, the first address that no trusted proxy has: what stands further left, anybody could have written. */
function clientAddress(forwardedFor: string | undefined, remote: string, trustedProxies: BlockList): string {
  let address = remote
  for (const hop of (forwardedFor ?? '').split(',').reverse()) {
    const next = plainAddress(hop.trim())
    if (next === null) break
    address = next
    if (!isTrusted(address, trustedProxies)) break
  }
  return address
}

const isTrusted = (address: string, trustedProxies: BlockList): boolean =>
  trustedProxies.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')

/** An address without brackets, port and IPv4 mapping; `null` for what is none. */
function plainAddress(text: string | undefined): string | null {
  if (text === undefined) return null
  const bare = /^\[(.+)\](?::\d+)?$/.exec(text)?.[1] ?? (/^[\d.]+:\d+$/.test(text) ? text.slice(0, text.indexOf(':')) : text)
  const address = bare.replace(/^::ffff:(?=\d+\.)/i, '')
  return isIP(address) === 0 ? null : address
}

const lastOf = (header: string | undefined): string | null => header?.split(',').at(-1)?.trim() || null
