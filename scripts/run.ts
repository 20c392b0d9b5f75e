import { spawn } from 'node:child_process'
import { delimiter } from 'node:path'
import { fileURLToPath } from 'node:url'

const bin = fileURLToPath(new URL('../node_modules/.bin', import.meta.url))

/** What a command printed, and how it ended. */
export interface Ran {
  readonly code: number
  readonly output: string
}

/** Runs a tool of the workspace; its Node is the workspace's own. `onOutput` hears it as it comes. */
export function attempt(command: string, args: readonly string[], cwd: string, onOutput?: (text: string) => void): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env: { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH}` } })
    let output = ''
    const hear = (chunk: Buffer) => {
      output += chunk
      onOutput?.(String(chunk))
    }
    child.stdout.on('data', hear)
    child.stderr.on('data', hear)
    child.on('error', reject)
    child.on('close', (code) => resolve({ code: code ?? 1, output }))
  })
}

/** As `attempt`, for what must succeed. */
export async function run(command: string, args: readonly string[], cwd: string): Promise<string> {
  const { code, output } = await attempt(command, args, cwd)
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} failed:\n${output}`)
  return output
}
