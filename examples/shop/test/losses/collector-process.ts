import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { freePort } from '@footfall/testkit/free-port'

const main = fileURLToPath(new URL('../../../../packages/collector/src/main.ts', import.meta.url))

/** `footfall serve` as a process of its own, on a port that it keeps. */
export interface CollectorProcess {
  readonly url: string
  /** Resolves once it listens. */
  start(): Promise<void>
  /** As `kill -9` does: nothing is flushed, nothing is answered. Resolves once it is gone. */
  kill(): Promise<void>
}

export async function createCollectorProcess(env: Readonly<Record<string, string>>): Promise<CollectorProcess> {
  const port = await freePort()
  let child: ChildProcess | undefined
  return {
    url: `http://127.0.0.1:${port}`,
    async start() {
      const started = spawn(process.execPath, [main, 'serve'], {
        env: { PATH: process.env.PATH, PORT: String(port), FOOTFALL_LOG_LEVEL: 'silent', ...env },
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      child = started
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      started.stdout?.on('data', (said) => /collects at/.test(`${said}`) && resolve())
      started.once('error', reject).once('exit', (code) => reject(new Error(`footfall serve ended with ${code}`)))
      await promise
    },
    async kill() {
      if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
      const gone = once(child, 'exit')
      child.kill('SIGKILL')
      await gone
    },
  }
}
