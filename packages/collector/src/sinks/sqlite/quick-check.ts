import { fork } from 'node:child_process'

/** What a look through all pages of a store came to. */
export type CheckedStore =
  | { readonly kind: 'whole' }
  /** What SQLite found first. */
  | { readonly kind: 'damaged'; readonly finding: string }
  /** It cannot be read at all. */
  | { readonly kind: 'unreadable'; readonly reason: string }
  /** It took longer than somebody was ready to wait, or nobody waits any more. */
  | { readonly kind: 'not finished' }

/** How a store is looked through. */
export interface QuickCheckAsk {
  readonly file: string
  /** Does nobody else have it open? Then nothing is written beside it either: no log, no index of one. */
  readonly isAlone: boolean
  /** What takes longer is given up. @defaultValue none */
  readonly patienceMs?: number
  /** Gives it up when aborted. */
  readonly signal?: AbortSignal
}

/** Sources are run as they are, the package as built: the process's file has the ending of this one. */
const ending = import.meta.url.endsWith('.ts') ? 'ts' : 'js'

/**
 * Looks through a store with SQLite's `quick_check`. In a process of its own: nothing but its end stops SQLite in the middle of a table, and
 * a large one takes minutes.
 */
export function quickCheck({ file, isAlone, patienceMs, signal }: QuickCheckAsk): Promise<CheckedStore> {
  const { promise, resolve } = Promise.withResolvers<CheckedStore>()
  if (signal?.aborted === true) return Promise.resolve({ kind: 'not finished' })
  const child = fork(new URL(`./quick-check-process.${ending}`, import.meta.url), [file, isAlone ? 'alone' : 'shared'], {
    execArgv: [],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    killSignal: 'SIGKILL',
  })
  const giveUp = (): void => void child.kill('SIGKILL')
  const timer = patienceMs === undefined ? undefined : setTimeout(giveUp, patienceMs)
  signal?.addEventListener('abort', giveUp, { once: true })
  child.once('message', (checked) => resolve(checked as CheckedStore)) // our own process says nothing else
  child.once('error', (cause) => resolve({ kind: 'unreadable', reason: cause.message }))
  child.once('exit', (code) => {
    clearTimeout(timer)
    signal?.removeEventListener('abort', giveUp)
    // Nothing changes any more for whoever has its message.
    resolve(code === null ? { kind: 'not finished' } : { kind: 'unreadable', reason: `the check ended with ${code}` })
  })
  return promise
}
