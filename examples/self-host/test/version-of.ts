import { spawnSync } from 'node:child_process'

/** What it says when it is asked for its version; `null` where it is not installed. */
export function versionOf(program: string, ...args: readonly string[]): string | null {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' })
  return status === 0 ? stdout + stderr : null
}
