import { Worker } from 'node:worker_threads'
import { FootfallError } from '../../errors.ts'
import type { Migration } from './open.ts'
import type { FromWorker, Reply } from './protocol.ts'

/** A worker thread that answers numbered messages. */
export interface Thread {
  /** Resolves when the thread has opened the store; rejects with what it said otherwise. */
  readonly ready: Promise<void>
  /** Rejects with a `FootfallError` when the thread says no, or dies. */
  ask(message: object): Promise<unknown>
  /** Ends the thread whatever it does; everything asked is rejected with `reason`. */
  kill(reason: FootfallError): void
  /** Resolves when the thread is gone. */
  readonly gone: Promise<void>
}

interface Waiting {
  resolve(answer: unknown): void
  reject(error: FootfallError): void
}

/** Sources are run as they are, the package as built: the thread's file has the ending of this one. */
const ending = import.meta.url.endsWith('.ts') ? 'ts' : 'js'

// What a thread holds lives for a group of commits: more room for what is young is memory that nothing is gained by.
const maxYoungGenerationSizeMb = 4

/** @param onMigration hears before the writer migrates the store, and after each version */
export function startThread(
  name: 'writer' | 'reader',
  workerData: object,
  onMigration: (migration: Migration) => void = () => {},
): Thread {
  const threadOptions = {
    name: `footfall-${name}`,
    workerData,
    // Flags that the host was started with (loaders, `--input-type` …) are not meant for our threads.
    execArgv: [],
    resourceLimits: { maxYoungGenerationSizeMb },
    // A writer that is ended leaves the store's file open: closing it would take away the reader's locks, see `StoreBytes`.
    trackUnmanagedFds: false,
  }
  const worker = new Worker(new URL(`./${name}.${ending}`, import.meta.url), threadOptions)
  const waiting = new Map<number, Waiting>()
  const ready = Promise.withResolvers<void>()
  const gone = Promise.withResolvers<void>()
  let lastId = 0
  let end: FootfallError | null = null
  // Whoever waits for `ready` hears of it; nobody has to.
  ready.promise.catch(() => {})

  worker.on('message', (message: FromWorker) => {
    switch (message.kind) {
      case 'ready':
        ready.resolve()
        break
      case 'migrating':
        onMigration(message.migration)
        break
      case 'failed':
        giveUp(new FootfallError(message.failure.code, message.failure.message))
        break
      case 'replies':
        for (const reply of message.replies) settle(reply)
        break
    }
  })
  worker.on('error', (cause) => giveUp(broken(name, cause)))
  worker.on('exit', () => {
    giveUp(broken(name))
    gone.resolve()
  })

  return {
    ready: ready.promise,
    gone: gone.promise,
    ask(message) {
      if (end !== null) return Promise.reject(end)
      const id = ++lastId
      const { promise, resolve, reject } = Promise.withResolvers<unknown>()
      waiting.set(id, { resolve, reject })
      worker.postMessage({ ...message, id })
      return promise
    },
    kill(reason) {
      giveUp(reason)
      void worker.terminate()
    },
  }

  function settle(reply: Reply): void {
    const asked = waiting.get(reply.id)
    waiting.delete(reply.id)
    if ('failure' in reply) asked?.reject(new FootfallError(reply.failure.code, reply.failure.message))
    else asked?.resolve(reply.answer)
  }

  function giveUp(reason: FootfallError): void {
    end ??= reason
    ready.reject(end)
    for (const { reject } of waiting.values()) reject(end)
    waiting.clear()
  }
}

const broken = (name: string, cause?: unknown): FootfallError =>
  new FootfallError('store_unavailable', `The store's ${name} thread ended; it is started again.`, { cause })
