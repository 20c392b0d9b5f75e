import { lstatSync, type Stats } from 'node:fs'
import { join } from 'node:path'
import { type Finding, ok, skipped, warning, wrong } from './finding.ts'

/** A folder or file, as far as it matters who may read it. */
export interface Owned {
  readonly path: string
  /** Permissions of a group and of others stand in its last six bits. */
  readonly mode: number
  readonly uid: number
}

/** @param me user of this process; `null` where the system has none */
export function judgeOwners(folders: readonly Owned[], files: readonly Owned[], me: number | null): readonly Finding[] {
  const findings: Finding[] = []
  const [folder] = folders
  const secret = files.filter(({ path, mode }) => /keys\.json$/.test(path) && (mode & 0o077) !== 0)
  for (const { path, mode } of secret) {
    findings.push(
      wrong(
        'data_dir',
        `${path} holds the keys, and others than its owner may read it (${octal(mode)}).`,
        `Run: chmod 600 ${path}`,
      ),
    )
  }
  for (const { path, mode } of folders.filter(({ mode }) => (mode & 0o077) !== 0)) {
    findings.push(warning('data_dir', `Others than its owner may look into ${path} (${octal(mode)}).`, `Run: chmod 700 ${path}`))
  }
  const strangers = [...folders, ...files].filter(({ uid }) => uid !== (folder?.uid ?? uid))
  for (const { path, uid } of strangers.slice(0, 3)) {
    const says = `${path} belongs to another user (${uid}) than the data folder (${folder?.uid}).`
    findings.push(wrong('data_dir', says, `Give it to the user who runs the collector: chown ${folder?.uid} ${path}`))
  }
  if (folder !== undefined && me !== null && me !== 0 && me !== folder.uid) {
    const says = `${folder.path} belongs to another user (${folder.uid}) than the one who asks (${me}).`
    findings.push(warning('data_dir', says, 'Run footfall as the user who runs the collector.'))
  }
  return findings.length > 0
    ? findings
    : [ok('data_dir', `${folders.map(({ path }) => path).join(' and ')} and what is in it is for its owner only.`)]
}

const octal = (mode: number): string => (mode & 0o777).toString(8).padStart(4, '0')

const files = ['keys.json', 'rates.csv', 'footfall.db', 'footfall.db-wal', 'footfall.db-shm', 'footfall.lock']

/** Who may look into the data folder and the store's? */
export function checkOwners(places: readonly string[]): readonly Finding[] {
  const folders = owned(new Set(places))
  const missing = [...new Set(places)].filter((path) => !folders.some((folder) => folder.path === path))
  if (missing.length > 0) {
    return [skipped('data_dir', `${missing.join(' and ')} does not exist yet: the first start makes it.`)]
  }
  if (process.platform === 'win32') return [skipped('data_dir', 'Who may read files is not told on this system.')]
  return judgeOwners(
    folders,
    owned(folders.flatMap(({ path }) => files.map((file) => join(path, file)))),
    process.getuid?.() ?? null,
  )
}

const owned = (paths: Iterable<string>): readonly Owned[] =>
  [...paths].flatMap((path) => {
    const stats: Stats | undefined = lstatSync(path, { throwIfNoEntry: false })
    return stats === undefined ? [] : [{ path, mode: stats.mode, uid: stats.uid }]
  })
