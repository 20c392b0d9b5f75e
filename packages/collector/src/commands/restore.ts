import { resolve } from 'node:path'
import { type FileName, keysName } from '../backup/manifest.ts'
import { restoreBackup } from '../backup/restore-backup.ts'
import { dataDirOf, loadOptions, storeOf } from '../config.ts'
import { FootfallError } from '../errors.ts'
import type { Terminal } from './command.ts'

interface Given {
  readonly config: string | undefined
  /** What `footfall backup` has made. */
  readonly folder: string
  /** Takes everything, whatever the settings say: to try a backup. */
  readonly 'data-dir': string | undefined
  /** Folder of the store that was there before: whoever was erased in it is erased again. */
  readonly 'erased-in': string | undefined
  readonly json: boolean
}

/**
 * `footfall restore`: puts a backup where the next start of the collector finds it.
 *
 * @throws FootfallError as `restoreBackup` does, and `bad_setting` for a store in memory
 */
export async function restore(
  { config, folder, 'data-dir': named, 'erased-in': erasedIn, json }: Given,
  { out, progress, signal }: Pick<Terminal, 'out' | 'progress' | 'signal'>,
): Promise<void> {
  const places =
    named === undefined ? placesOf(await loadOptions({ file: config })) : { storeFolder: resolve(named), dataDir: resolve(named) }
  try {
    const { manifest, kept, erased } = await restoreBackup(
      { from: folder, ...places, ...(erasedIn !== undefined && { erasedIn: resolve(erasedIn) }) },
      {
        signal,
        onProgress: (deed, share) => progress(progressLine(deed, share)),
      },
    )
    progress('')
    if (json) return out(JSON.stringify({ folder: places.storeFolder, kept, erased, ...manifest }))
    out(`${places.storeFolder}: ${manifest.events} events, ${manifest.quarantined} in quarantine, as of ${manifest.made_at}.`)
    for (const name of kept) out(keptLine(name, places.dataDir))
    if (erasedIn === undefined) out('What came since is not in it, and whoever was erased since is back: erase them again.')
    else out(`What came since is not in it. Ids erased again, of people who were erased in ${erasedIn}: ${erased}.`)
    if (erasedIn !== undefined && manifest.quarantined > 0)
      out(
        'Rows in quarantine that only mention such an id, in an address or a text, are not found: erase by id again to be sure.',
      )
  } finally {
    progress('')
  }
}

const keptLine = (name: FileName, dataDir: string): string =>
  name === keysName
    ? `${name} in ${dataDir} stays, with its keys: its subject secret is that of the backup.`
    : `${name} in ${dataDir} stays as it is; that of the backup differs.`

function progressLine(deed: 'copied' | 'checked' | 'erased', share: number): string {
  switch (deed) {
    case 'copied':
      return `copied: ${Math.floor(share * 100)} %`
    case 'checked':
      return 'the store is looked through'
    case 'erased':
      return `erased again: ${share}`
  }
}

function placesOf(options: Awaited<ReturnType<typeof loadOptions>>): { readonly storeFolder: string; readonly dataDir: string } {
  const store = storeOf(options)
  if (store.kind === 'sqlite') return { storeFolder: store.folder, dataDir: dataDirOf(options) }
  throw new FootfallError(
    'bad_setting',
    'A store in memory takes no backup; set FOOTFALL_STORE to sqlite:<folder>, or name a folder with --data-dir.',
  )
}
