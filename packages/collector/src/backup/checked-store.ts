import { DatabaseSync } from 'node:sqlite'
import { pathToFileURL } from 'node:url'
import { FootfallError } from '../errors.ts'
import { reasonOf } from '../rates-file.ts'
import { applicationId } from '../sinks/sqlite/open.ts'
import { quickCheck } from '../sinks/sqlite/quick-check.ts'

/** A copy of a store that nobody has open. */
export interface CheckedAsk {
  readonly file: string
  /** The version that it must have. */
  readonly schemaVersion: number
  readonly signal: AbortSignal
  readonly onStart: () => void
}

/**
 * Opens a copy by itself and looks through all of it.
 *
 * @throws FootfallError `bad_backup`, `interrupted`
 */
export async function checkedStore({ file, schemaVersion, signal, onStart }: CheckedAsk): Promise<void> {
  onStart()
  const marks = marksOf(file)
  if (marks.application_id !== applicationId) throw damaged(file, 'it is no store of Footfall')
  if (marks.user_version !== schemaVersion) throw damaged(file, `it has version ${marks.user_version}, not ${schemaVersion}`)
  const checked = await quickCheck({ file, isAlone: true, signal })
  switch (checked.kind) {
    case 'whole':
      return
    case 'damaged':
      throw damaged(file, checked.finding)
    case 'unreadable':
      throw damaged(file, checked.reason)
    case 'not finished':
      throw new FootfallError('interrupted', 'Stopped before the copy was looked through.')
  }
}

function marksOf(file: string): { readonly application_id: number; readonly user_version: number } {
  const url = pathToFileURL(file)
  // Nothing is written beside it.
  url.searchParams.set('immutable', '1')
  try {
    const db = new DatabaseSync(url, { readOnly: true })
    try {
      return { ...db.prepare('PRAGMA application_id').get(), ...db.prepare('PRAGMA user_version').get() } as ReturnType<
        typeof marksOf
      >
    } finally {
      db.close()
    }
  } catch (cause) {
    throw damaged(file, reasonOf(cause), cause)
  }
}

const damaged = (file: string, finding: string, cause?: unknown): FootfallError =>
  new FootfallError(
    'bad_backup',
    `The copy ${file} is not whole (${finding}); look at the store with footfall doctor, or take another backup.`,
    { cause },
  )
