import { loadOptions, storeOf } from '../config.ts'
import { type Chain, checkChain, type Link } from '../consent/chain.ts'
import { FootfallError } from '../errors.ts'
import { openForReading, readable } from '../sinks/sqlite/open.ts'
import type { Terminal } from './command.ts'

interface Given {
  readonly config: string | undefined
  /** Hash of a last entry, noted earlier: it must still be in the ledger. */
  readonly head: string | undefined
  readonly json: boolean
}

/** What was found, as `--json` prints it. */
interface Findings {
  readonly is_whole: boolean
  readonly projects: readonly {
    readonly project: string
    readonly entries: number
    readonly head: string
    readonly broken: Chain['broken']
  }[]
  /** Is the hash that was noted earlier still there? `null` where none was given. */
  readonly has_noted_head: boolean | null
}

/**
 * `footfall consent verify`: goes along the consent ledger and tells whether anything in it was changed, removed or moved. Reads only, also
 * while a collector runs.
 *
 * @returns whether the ledger is whole
 * @throws FootfallError when it cannot be read
 */
export async function verifyConsent({ config, head, json: isJson }: Given, { out }: Pick<Terminal, 'out'>): Promise<boolean> {
  const store = storeOf(await loadOptions({ file: config }))
  if (store.kind !== 'sqlite') throw new FootfallError('store_unavailable', 'A store in memory keeps no ledger to look at.')
  const findings = findingsOf(store.folder, head)
  if (isJson) out(JSON.stringify(findings))
  else for (const line of linesOf(findings)) out(line)
  return findings.is_whole
}

function findingsOf(folder: string, noted: string | undefined): Findings {
  try {
    const db = openForReading(folder)
    try {
      // One moment of the whole ledger: a running collector goes on adding to it.
      db.exec('BEGIN')
      let isNotedFound = false
      const seen = (hash: string): void => {
        if (hash === noted?.toLowerCase()) isNotedFound = true
      }
      const projects = db.prepare('SELECT DISTINCT project FROM consent_ledger ORDER BY project').all() as { project: string }[]
      const links = db.prepare('SELECT position, entry, hash FROM consent_ledger WHERE project = ? ORDER BY position')
      const chains = projects.map(({ project }) => {
        const { position, hash, broken } = checkChain(project, links.iterate(project) as unknown as Iterable<Link>, seen)
        return { project, entries: position, head: hash, broken }
      })
      const isWhole = chains.every(({ broken }) => broken === null)
      return {
        is_whole: isWhole && (noted === undefined || isNotedFound),
        projects: chains,
        has_noted_head: noted === undefined ? null : isNotedFound,
      }
    } finally {
      db.close()
    }
  } catch (cause) {
    throw readable(cause, folder, 'read')
  }
}

const deeds = {
  changed: 'was changed, or the one before it',
  missing: 'is missing',
  'out of order': 'is not the one that was entered there',
} as const

const counted = (entries: number): string => (entries === 1 ? '1 entry' : `${entries} entries`)

function* linesOf({ projects, has_noted_head }: Findings): Iterable<string> {
  if (projects.length === 0) yield 'The ledger is empty.'
  for (const { project, entries, head, broken } of projects) {
    yield broken === null
      ? `${project}: ${counted(entries)}, all as entered. Head: ${head}`
      : `${project}: entry ${broken.position} ${deeds[broken.fault]}. Before it: ${counted(entries)}, as entered.`
  }
  if (has_noted_head === true) yield 'The head that was noted is in the ledger: nothing before it was cut off.'
  if (has_noted_head === false) yield 'The head that was noted is not in the ledger: entries at its end were removed or changed.'
}
