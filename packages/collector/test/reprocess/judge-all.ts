import { createClaims } from '../../src/ingest/check-consent.ts'
import { judge, type RequestContext } from '../../src/ingest/judge.ts'
import { parseUserAgent } from '../../src/normalise/user-agent.ts'
import { emptyRegistry, type Registry } from '../../src/registry/registry.ts'
import type { SinkRecord } from '../../src/sinks/sink.ts'
import { noon, project } from '../sinks/sink.contract.ts'

/** A registry that holds these aliases. */
export const registryOf = (aliases: Readonly<Record<string, string>>, sources: Registry['sources'] = new Map()): Registry => ({
  ...emptyRegistry,
  sources,
  aliases: new Map(Object.entries(aliases)),
})

/** An event as it is sent, and how. */
export type Sent = Readonly<Record<string, unknown>> & { readonly isBot?: boolean; readonly isServer?: boolean }

const visitor = parseUserAgent('Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0')

/** What events become that come in at noon. */
export function judgeAll(
  events: readonly Sent[],
  { registry, rates, dayOf }: Pick<RequestContext, 'registry' | 'rates' | 'dayOf'>,
): readonly SinkRecord[] {
  return events.map(({ isBot = false, isServer = false, ...event }) => {
    const request: RequestContext = {
      project: {
        id: project,
        writeKeys: ['wk'],
        secretKeys: ['sk'],
        origins: [],
        baseCurrency: 'EUR',
        timeZone: 'Europe/Berlin',
        retentionDays: {},
        quarantineMaxBytes: 2 ** 28,
        path: null,
      },
      hasGpc: false,
      isServer,
      region: null,
      rules: {},
      receivedAt: noon,
      sentAt: null,
      ip: isServer ? null : '203.0.113.0',
      device: { ...(isServer ? parseUserAgent(null) : visitor), bot: isBot },
      claimOf: createClaims({ voice: isServer ? 'person' : 'device', region: null, sentAt: null, receivedAt: noon }),
      tracker: undefined,
      dayOf,
      rates,
      registry,
      isFileImport: false,
      mayBeTooLarge: false,
    }
    return judge(event, undefined, request).record
  })
}
