import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** A process of the bench that answers questions. What it costs is its own, and not that of whoever measures it. */
export interface Process {
  ask<T>(kind: string, about?: unknown): Promise<T>
  /** Ends it; nothing of what it did has to be kept. */
  stop(): Promise<void>
}

interface Question {
  readonly id: number
  readonly kind: string
  readonly about: unknown
}
type Answer = { readonly id: number; readonly answer: unknown } | { readonly id: number; readonly failure: string }

export interface ProcessOptions {
  /** Its program. @defaultValue the file of that name beside this one */
  readonly file?: string
  /** Flags of Node, such as `--cpu-prof`. */
  readonly execArgv?: readonly string[]
  /** Variables of the environment, beside those of this process. */
  readonly env?: Readonly<Record<string, string>>
}

export function startProcess(name: string, { file, execArgv = [], env = {} }: ProcessOptions = {}): Process {
  const program = file ?? fileURLToPath(new URL(`./${name}.ts`, import.meta.url))
  const child = fork(program, { serialization: 'advanced', execArgv: [...execArgv], env: { ...process.env, ...env } })
  const waiting = new Map<number, PromiseWithResolvers<unknown>>()
  const gone = Promise.withResolvers<void>()
  let lastId = 0
  child.on('message', (message) => {
    const answer = message as Answer // as `answerQuestions` sends it
    const asked = waiting.get(answer.id)
    waiting.delete(answer.id)
    if ('failure' in answer) asked?.reject(new Error(`${name}: ${answer.failure}`))
    else asked?.resolve(answer.answer)
  })
  // A bench that is interrupted leaves nothing running.
  const kill = (): void => void child.kill('SIGKILL')
  process.once('exit', kill)
  child.on('exit', (code) => {
    process.off('exit', kill)
    for (const { reject } of waiting.values()) reject(new Error(`${name} ended with ${code}`))
    gone.resolve()
  })
  return {
    ask<T>(kind: string, about?: unknown) {
      const asked = Promise.withResolvers<unknown>()
      const id = ++lastId
      waiting.set(id, asked)
      child.send({ id, kind, about } satisfies Question)
      return asked.promise as Promise<T> // the file that answers says what
    },
    async stop() {
      child.disconnect()
      await gone.promise
    },
  }
}

/** In such a process: answers what it is asked, one after the other or at once, and ends with whoever asks. */
export function answerQuestions(answers: Readonly<Record<string, (about: never) => unknown>>): void {
  process.on('message', async (message) => {
    const { id, kind, about } = message as Question // as `startProcess` sends it
    try {
      process.send?.({ id, answer: await answers[kind]?.(about as never) } satisfies Answer)
    } catch (cause) {
      process.send?.({ id, failure: cause instanceof Error ? String(cause.stack) : String(cause) } satisfies Answer)
    }
  })
  process.on('disconnect', () => process.exit())
}
