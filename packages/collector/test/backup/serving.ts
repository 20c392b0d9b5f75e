import { batch } from '@footfall/testkit/builders'
import type { Terminal } from '../../src/commands/command.ts'
import { createServeProcess } from '../serve-process.ts'
import { secretKey, visitorAgent } from '../start-collector.ts'

/** A collector in a process of its own. */
export interface Serving {
  readonly url: string
  /** Ids of those events that a receipt says are stored. */
  deliver(events: readonly { readonly id: string }[]): Promise<readonly string[]>
  /** All ids that it has. */
  ids(): Promise<ReadonlySet<string>>
  end(): Promise<void>
}

export async function serving(folder: string): Promise<Serving> {
  const collector = await createServeProcess(folder)
  await collector.start()
  const { url } = collector
  return {
    url,
    async deliver(events) {
      const body = JSON.stringify(batch(events))
      const headers = { 'user-agent': visitorAgent, authorization: `Bearer ${secretKey}` }
      const response = await fetch(`${url}/v1/events`, { method: 'POST', body, headers })
      if (response.status !== 200) return []
      const { accepted } = (await response.json()) as { readonly accepted: number }
      if (accepted !== events.length) throw new Error(`${accepted} of ${events.length} were accepted`)
      return events.map(({ id }) => id)
    },
    async ids() {
      const found = new Set<string>()
      for (let cursor = ''; ; ) {
        const response = await fetch(`${url}/v1/events?limit=500${cursor}`, { headers: { authorization: `Bearer ${secretKey}` } })
        const { events, next } = (await response.json()) as { events: { id: string }[]; next: string | null }
        for (const { id } of events) found.add(id)
        if (next === null) return found
        cursor = `&cursor=${encodeURIComponent(next)}`
      }
    },
    async end() {
      await collector.stop()
    },
  }
}

/** A terminal that remembers what is said on it. */
export function listening(signal: AbortSignal = new AbortController().signal) {
  const said: string[] = []
  const shown: string[] = []
  const terminal: Terminal = {
    out: (line) => void said.push(line),
    progress: (line) => void shown.push(line),
    signal,
    paint: (_, text) => text,
  }
  return { terminal, said, shown }
}
