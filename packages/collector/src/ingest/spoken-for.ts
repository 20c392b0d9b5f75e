import { LRUCache } from 'lru-cache'
import type { Notes } from '../normalise/notes.ts'
import { parseUserAgent, type UserAgentReading } from '../normalise/user-agent.ts'
import { truncateIp } from '../privacy/truncate-ip.ts'
import type { RawEvent } from './validate.ts'

/** What a server says about whom an event is of, beside the event without it. */
interface SpokenFor {
  readonly event: RawEvent
  /** Truncated. */
  readonly ip: string | null
  readonly device: UserAgentReading
}

const fields = ['ip', 'user_agent'] as const
const maxLength = 1024

/** Reading a user agent costs far more than looking one up, and a shop's visitors have few different browsers. */
const devices = new LRUCache<string, UserAgentReading>({ max: 2000 })

/**
 * A server may say what address and user agent an event came with; its own say nothing about a visitor. Nobody else may: whoever has only the
 * public key is known by their own. Both are taken out of the event before anything keeps a copy of it, since a whole address is personal.
 */
export function spokenFor(
  event: RawEvent,
  { isServer, ip, device }: { readonly isServer: boolean; readonly ip: string | null; readonly device: UserAgentReading },
  notes: Notes,
): SpokenFor {
  const said = fields.filter((field) => Object.hasOwn(event, field))
  if (said.length === 0) return { event, ip, device }
  const { ip: address, user_agent: userAgent, ...rest } = event
  if (!isServer) {
    for (const field of said) notes.repairs.push({ field, from: null, to: null, rule: 'EV-SERVER' })
    return { event: rest, ip, device }
  }
  return {
    event: rest,
    ip: typeof address === 'string' ? truncateIp(address.slice(0, maxLength)) : ip,
    device: typeof userAgent === 'string' ? deviceOf(userAgent.slice(0, maxLength)) : device,
  }
}

function deviceOf(userAgent: string): UserAgentReading {
  const known = devices.get(userAgent)
  if (known !== undefined) return known
  const read = parseUserAgent(userAgent)
  devices.set(userAgent, read)
  return read
}
