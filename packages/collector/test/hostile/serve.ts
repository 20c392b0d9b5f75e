import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import type { CollectorOptions } from '../../src/config.ts'
import { secretKey, writeKey } from '../start-collector.ts'
import type { Held } from './served.ts'

export interface Served {
  readonly url: string
  readonly folder: string
  readonly pid: number
  held(): Promise<Held>
  /** Everything that it wrote to its error channel. */
  complaints(): string
  isAlive(): boolean
  /** Ends it as an operator would, and answers with its exit code. */
  close(): Promise<number | null>
}

/**
 * Starts a collector in a process of its own, so that what it holds can be told from what the tests hold.
 *
 * @param onEnd is given what has to be done in the end: `onTestFinished`, or what `whenAllEnd` made where several tests share it
 */
export async function serve(
  onEnd: (act: () => Promise<void>) => void,
  options: CollectorOptions = {},
  nodeOptions: readonly string[] = [],
): Promise<Served> {
  const folder = await mkdtemp(join(tmpdir(), 'footfall-test-'))
  const given: CollectorOptions = { dataDir: folder, logLevel: 'warn', writeKey, secretKey, ...options }
  const child = fork(join(import.meta.dirname, 'served.ts'), {
    execArgv: ['--expose-gc', ...nodeOptions],
    env: { ...process.env, OPTIONS: JSON.stringify(given) },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  onEnd(async () => {
    const exit = child.exitCode === null && child.signalCode === null ? once(child, 'exit') : null
    child.kill('SIGKILL')
    await exit
    await rm(folder, { recursive: true, force: true })
  })
  let complaints = ''
  child.stderr?.on('data', (chunk: Buffer) => {
    complaints += chunk.toString()
  })
  const { url } = await answer<{ url: string }>(child)
  return {
    url,
    folder,
    pid: child.pid ?? 0,
    held() {
      child.send('held')
      return answer<Held>(child)
    },
    complaints: () => complaints,
    isAlive: () => child.exitCode === null && child.signalCode === null,
    async close() {
      const exit = once(child, 'exit')
      child.send('close')
      await exit
      return child.exitCode
    },
  }
}

/** To be called where tests are described: hooks that begin later are not heard. */
export function whenAllEnd(): (act: () => Promise<void>) => void {
  const acts: (() => Promise<void>)[] = []
  afterAll(async () => {
    for (const act of acts) await act()
  })
  return (act) => void acts.push(act)
}

async function answer<T>(child: ChildProcess): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>()
  const gone = (): void => reject(new Error('the collector has ended'))
  child.once('message', (message) => resolve(message as T)) // served.ts says what it is asked for
  child.once('exit', gone)
  try {
    return await promise
  } finally {
    child.off('exit', gone)
  }
}
