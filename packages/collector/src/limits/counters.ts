import { Counter, type Registry } from 'prom-client'
import type { Project } from '../config.ts'
import type { OnKey } from '../ingest/authenticate.ts'

/** What is counted about keys, and about what their limits cost. */
export interface LimitCounters {
  readonly keyUsed: OnKey
  /** A picture was shown whose telling is lost. */
  readonly openingLost: (code: string) => void
}

export function createLimitCounters(registry: Registry, projects: readonly Project[]): LimitCounters {
  const registers = [registry]
  const keys = new Counter({
    name: 'footfall_key_requests_total',
    help: 'Requests by the key they showed. An old key that is not counted any more can go.',
    labelNames: ['project', 'kind', 'key'],
    registers,
  })
  for (const { id, writeKeys, secretKeys } of projects) {
    for (const [kind, list] of [['write', writeKeys] as const, ['secret', secretKeys] as const]) {
      keys.inc({ project: id, kind, key: 'current' }, 0)
      if (list.length > 1) keys.inc({ project: id, kind, key: 'old' }, 0)
    }
  }
  const openings = new Counter({
    name: 'footfall_lost_openings_total',
    help: 'Pictures that were shown and told of nothing, by the code of the refusal: who loads a picture does not send it again.',
    labelNames: ['code'],
    registers,
  })
  return {
    keyUsed: ({ id }, kind, age) => keys.inc({ project: id, kind, key: age }),
    openingLost: (code) => openings.inc({ code }),
  }
}
