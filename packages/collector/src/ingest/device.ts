import type { Context } from 'hono'
import { LRUCache } from 'lru-cache'
import { type ClientHints, parseUserAgent, type UserAgentReading } from '../normalise/user-agent.ts'

/** Parsing costs far more than looking up, and a shop's visitors have few different browsers. */
export function createDeviceReader(): (c: Context) => UserAgentReading {
  const cache = new LRUCache<string, UserAgentReading>({ max: 2000 })
  return (c) => {
    const userAgent = (c.req.header('user-agent') ?? '').slice(0, 1024)
    const hints: ClientHints = { mobile: c.req.header('sec-ch-ua-mobile'), platform: c.req.header('sec-ch-ua-platform') }
    const key = `${userAgent}\n${hints.mobile ?? ''}\n${(hints.platform ?? '').slice(0, 64)}`
    const known = cache.get(key)
    if (known !== undefined) return known
    const read = parseUserAgent(userAgent, hints)
    cache.set(key, read)
    return read
  }
}
