import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { temporaryFolder } from '../start-collector.ts'

const isRoot = process.getuid?.() === 0
const can = (command: string, ...args: readonly string[]): boolean => spawnSync(command, args, { stdio: 'ignore' }).status === 0

/** Why a small disk cannot be had here; `null` where it can. */
export const whyNoDisk = isRoot && can('unshare', '--mount', 'true') ? null : 'a file system of its own needs root'

/** Why system calls cannot be made to fail here; `null` where they can. */
export const whyNoInjection =
  isRoot && can('strace', '-qq', '-e', 'trace=none', '-e', 'inject=fdatasync:error=EIO', 'true')
    ? null
    : 'failing system calls need strace and root'

/** Why no file can be fixed here, so that not even root may write it; `null` where one can. */
export const whyNoFixing =
  isRoot && canFix() ? null : 'files that cannot be changed need root, chattr and a file system that knows them'

function canFix(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'footfall-test-'))
  const file = join(folder, 'file')
  try {
    writeFileSync(file, '')
    return can('chattr', '+i', file) && can('chattr', '-i', file)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** A small disk of its own. */
export interface Disk {
  readonly folder: string
  /** Takes all room but for so many bytes. */
  fill(butBytes: number): Promise<void>
  free(): Promise<void>
  become(mode: 'ro' | 'rw'): void
}

export async function mountDisk(megabytes: number): Promise<Disk> {
  const folder = await temporaryFolder()
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder])
  onTestFinished(() => void execFileSync('umount', ['--lazy', folder]))
  const filler = join(folder, 'filler')
  return {
    folder,
    async fill(butBytes) {
      const [, free = '0'] = execFileSync('df', ['--block-size=1', '--output=avail', folder], { encoding: 'utf8' })
        .trim()
        .split('\n')
      await writeFile(filler, Buffer.alloc(Math.max(0, Number(free) - butBytes)))
    },
    free: () => rm(filler),
    become: (mode) => void execFileSync('mount', ['-o', `remount,${mode}`, folder]),
  }
}

/**
 * Makes system calls of a process fail or wait, from the outside.
 *
 * @param fault as strace has it: `pwrite64:error=EIO`, `fsync,fdatasync:delay_enter=2s`
 * @returns ends it
 */
export async function inject(pid: number, fault: string): Promise<() => Promise<void>> {
  const [call = ''] = fault.split(':')
  const args = ['-f', '-e', `trace=${call}`, '-e', `inject=${fault}`, '-p', String(pid)]
  const strace = spawn('strace', args, { stdio: ['ignore', 'ignore', 'pipe'] })
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  let said = ''
  strace.stderr.on('data', (text) => {
    // Of what it sees it tells nothing else before it holds all threads.
    said = (said + text).slice(-2000)
    if (said.includes('attached')) resolve()
  })
  strace.once('exit', () => reject(new Error(`strace ended: ${said}`)))
  await promise
  const end = async (): Promise<void> => {
    if (strace.exitCode !== null || strace.signalCode !== null) return
    const gone = once(strace, 'exit')
    strace.kill('SIGINT')
    await gone
  }
  onTestFinished(end)
  return end
}
