import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { batch } from '@footfall/testkit/builders'
import { onTestFinished } from 'vitest'
import type { Terminal } from '../../src/commands/command.ts'
import { secretKey, visitorAgent, writeKey } from '../start-collector.ts'

const main = join(import.meta.dirname, '..', '..', 'src', 'main.ts')

/** A collector in a process of its own. */
export interface Serving {
  readonly child: ChildProcess
  readonly url: string
  /** Ids of those events that a receipt says are stored. */
  deliver(events: readonly { readonly id: string }[]): Promise<readonly string[]>
  /** All ids that it has. */
  ids(): Promise<ReadonlySet<string>>
  end(): Promise<void>
}

/** What does not name keys of its own has those of the tests. */
export async function serving(folder: string, env: Readonly<Record<string, string>> = {}): Promise<Serving> {
  const child = spawn(process.execPath, [main, 'serve'], {
    cwd: folder,
    env: {
      PATH: process.env.PATH,
      PORT: '0',
      FOOTFALL_LOG_LEVEL: 'silent',
      FOOTFALL_WRITE_KEY: writeKey,
      FOOTFALL_SECRET_KEY: secretKey,
      FOOTFALL_DATA_DIR: folder,
      ...env,
    },
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const url = await urlIn(child)
  return {
    child,
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
      child.kill('SIGTERM')
      if (child.exitCode === null) await once(child, 'exit')
    },
  }
}

async function urlIn(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error('nothing is heard of it')
  for await (const line of createInterface(child.stdout)) {
    const found = /http:\/\/[\d.:]+(?=\/v1\/events)/.exec(line)
    if (found !== null) return found[0]
  }
  throw new Error('it did not start')
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
