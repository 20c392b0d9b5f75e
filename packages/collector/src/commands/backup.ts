import { statSync } from 'node:fs'
import { constants, setPriority } from 'node:os'
import { dirname, resolve } from 'node:path'
import { makeBackup } from '../backup/make-backup.ts'
import { filesOf, type Manifest } from '../backup/manifest.ts'
import { dataDirOf, loadOptions, storeOf } from '../config.ts'
import { FootfallError } from '../errors.ts'
import { version } from '../version.ts'
import type { Terminal } from './command.ts'

interface Given {
  readonly config: string | undefined
  /** The backup: a folder that does not exist. */
  readonly folder: string
  readonly json: boolean
}

/** As `backup`, in a process that has nothing else to do: the collector beside it comes first. */
export function backupLast(...given: Parameters<typeof backup>): ReturnType<typeof backup> {
  try {
    setPriority(constants.priority.PRIORITY_BELOW_NORMAL)
  } catch {
    // Where nobody may say so, it is done all the same.
  }
  return backup(...given)
}

/**
 * `footfall backup`: copies the store as it is now, with the keys, beside a running collector or without one.
 *
 * @throws FootfallError as `makeBackup` does, and `bad_setting` for a store in memory
 */
export async function backup(
  { config, folder, json }: Given,
  { out, progress, signal }: Pick<Terminal, 'out' | 'progress' | 'signal'>,
): Promise<void> {
  const options = await loadOptions({ file: config })
  const store = storeOf(options)
  if (store.kind !== 'sqlite')
    throw new FootfallError('bad_setting', 'A store in memory is forgotten at its end; there is nothing to copy.')
  const ask = { storeFolder: store.folder, dataDir: dataDirOf(options), to: resolve(folder), version: version() }
  try {
    const manifest = await makeBackup(ask, {
      signal,
      onProgress: (deed, share) =>
        progress(deed === 'checked' ? 'the copy is looked through' : `${deed}: ${Math.floor(share * 100)} %`),
    })
    progress('')
    if (json) out(JSON.stringify({ folder: ask.to, ...manifest }))
    else for (const line of linesOf(ask.to, manifest, isOnSameDisk(ask.to, store.folder))) out(line)
  } finally {
    progress('')
  }
}

function* linesOf(folder: string, manifest: Manifest, isOnSameDisk: boolean): Iterable<string> {
  const files = filesOf(manifest)
  const bytes = files.reduce((sum, [, file]) => sum + file.bytes, 0)
  yield `${folder}: ${manifest.events} events, ${manifest.quarantined} in quarantine, as of ${manifest.made_at}; ${mebibytes(bytes)}, looked through.`
  if (files.some(([name]) => name === 'keys.json'))
    yield 'It holds the keys and the secret of the pseudonyms: keep it as you keep the collector itself.'
  else yield 'There is no keys.json in the data folder: the keys are not in it.'
  if (isOnSameDisk) yield 'It is on the disk of the store: copy it to another one.'
}

const mebibytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MiB`

const isOnSameDisk = (folder: string, storeFolder: string): boolean => statSync(dirname(folder)).dev === statSync(storeFolder).dev
