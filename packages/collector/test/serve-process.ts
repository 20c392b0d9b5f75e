import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { freePort } from '@footfall/testkit/free-port'
import { expect, onTestFinished } from 'vitest'
import { secretKey, writeKey } from './start-collector.ts'

const main = join(import.meta.dirname, '..', 'src', 'main.ts')

/** How a process ended, and what it said. */
export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly output: string
}

/** `footfall serve` as a process of its own, which keeps its port from one start to the next. */
export interface ServeProcess {
  readonly url: string
  /** Resolves once it listens. Rejects with what it said when it ends before. */
  start(): Promise<void>
  /** As `start`, but resolves as soon as the process is there. */
  launch(): Promise<void>
  /** As `kill -9` does. Resolves once it is gone. */
  kill(): Promise<void>
  /** As an orchestrator does. Resolves once it is gone. */
  stop(): Promise<Ended>
  /** Resolves once it is gone. */
  ended(): Promise<Ended>
  /** Of the process that was started last. */
  pid(): number
  /** What the process has in memory, in MB. */
  rssMb(): Promise<number>
}

/** @param script what is run instead of `footfall serve`, and with which flags of Node */
export async function createServeProcess(
  folder: string,
  env: Readonly<Record<string, string>> = {},
  { script, execArgv = [] }: { readonly script?: string; readonly execArgv?: readonly string[] } = {},
): Promise<ServeProcess> {
  const port = await freePort()
  let child: ChildProcess | null = null
  let output = ''
  let ending: Promise<Ended> = Promise.resolve({ code: null, signal: null, output })

  const launch = async (): Promise<ChildProcess> => {
    const started = spawn(process.execPath, [...execArgv, ...(script === undefined ? [main, 'serve'] : [script])], {
      env: {
        PATH: process.env.PATH,
        NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
        PORT: String(port),
        FOOTFALL_LOG_LEVEL: 'error',
        FOOTFALL_WRITE_KEY: writeKey,
        FOOTFALL_SECRET_KEY: secretKey,
        FOOTFALL_DATA_DIR: folder,
        // All senders of a test share one key.
        FOOTFALL_LIMIT_PER_KEY: 'off',
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    child = started
    output = ''
    const hear = (said: Buffer): void => {
      // A collector that is in trouble for minutes says so at every request.
      output = (output + said).slice(-100_000)
    }
    started.stdout.on('data', hear)
    started.stderr.on('data', hear)
    ending = once(started, 'close').then(([code, signal]) => ({ code, signal, output }))
    return started
  }
  const end = async (signal: NodeJS.Signals): Promise<Ended> => {
    child?.kill(signal)
    return ending
  }
  onTestFinished(async () => {
    if (child !== null) await end('SIGKILL')
  })
  return {
    url: `http://127.0.0.1:${port}`,
    async launch() {
      await launch()
    },
    async start() {
      const started = await launch()
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      const look = (): void => {
        if (output.includes('collects at')) resolve()
      }
      started.stdout?.on('data', look)
      void ending.then((how) => reject(new Error(`footfall serve ended with ${how.code ?? how.signal}: ${how.output}`)))
      await promise
    },
    async kill() {
      await end('SIGKILL')
    },
    stop: () => end('SIGTERM'),
    ended: () => ending,
    pid: () => child?.pid ?? 0,
    async rssMb() {
      const status = await readFile(`/proc/${child?.pid}/status`, 'utf8')
      return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / 1024
    },
  }
}

/**
 * Kills a collector while it does what it was asked for: once that is under way, and before it has answered.
 *
 * @param isUnderWay looks at the store until it is so
 * @returns the store as it was left, for reading
 */
export async function killWhile(
  collector: ServeProcess,
  folder: string,
  asked: Promise<unknown>,
  isUnderWay: (store: DatabaseSync) => boolean,
): Promise<DatabaseSync> {
  const end = asked.then(
    () => 'answered',
    () => 'cut',
  )
  const store = readStore(folder)
  while (!isUnderWay(store)) await new Promise(setImmediate)
  await collector.kill()
  expect(await end).toBe('cut')
  return store
}

/** Opens a store for reading, beside its collector. */
export function readStore(folder: string): DatabaseSync {
  const store = new DatabaseSync(join(folder, 'footfall.db'), { readOnly: true, timeout: 5000 })
  onTestFinished(() => {
    if (store.isOpen) store.close()
  })
  return store
}

/** How many rows there are. */
export const countIn = (store: DatabaseSync, rows: string): number =>
  Number(store.prepare(`SELECT count(*) AS n FROM ${rows}`).get()?.n)
