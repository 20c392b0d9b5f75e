import { asked, interrupted } from './client-command.ts'
import type { Terminal } from './command.ts'
import type { AskedValues } from './options.ts'
import { shown } from './terminal-text.ts'

/** An answer of `POST /v1/reprocess`. */
interface Part {
  readonly looked_at: number
  readonly changed: number
  readonly still_unknown: number
  readonly unreadable: number
  readonly not_allowed: number
  readonly problems: readonly Problem[]
  readonly next: string | null
}

interface Problem {
  readonly name: string
  readonly code: string
  readonly detail: string
  readonly events: number
}

interface Given extends AskedValues {
  readonly name: readonly string[]
  readonly from: string | undefined
  readonly to: string | undefined
  readonly 'dry-run': boolean
}

/**
 * `footfall reprocess`: gives stored events the meaning that the shop's own names have today.
 *
 * @throws FootfallError `interrupted` between two parts, of which each is stored as a whole
 */
export async function reprocess(given: Given, { out, progress, signal }: Terminal): Promise<void> {
  const { from, to, 'dry-run': isDryRun } = given
  const names = given.name.length === 0 ? undefined : given.name
  const collector = await asked(given)
  const sums = { looked_at: 0, changed: 0, still_unknown: 0, unreadable: 0, not_allowed: 0 }
  const problems = new Map<string, Problem>()
  for (let cursor: string | null = null; ; ) {
    const part = (await collector.request('POST', '/v1/reprocess', { names, from, to, dry_run: isDryRun, cursor })) as Part
    for (const what of Object.keys(sums) as (keyof typeof sums)[]) sums[what] += part[what]
    for (const problem of part.problems) {
      const key = JSON.stringify([problem.name, problem.detail])
      problems.set(key, { ...problem, events: problem.events + (problems.get(key)?.events ?? 0) })
    }
    progress(`${sums.looked_at} events looked at, ${sums.changed} ${isDryRun ? 'would change' : 'changed'}`)
    if (part.next === null) break
    if (signal.aborted) throw interrupted(stoppedAfter(sums, isDryRun))
    cursor = part.next
  }
  progress('')
  if (given.json) return out(JSON.stringify({ ...sums, problems: [...problems.values()] }))
  out(
    `${sums.looked_at} events looked at, ${sums.changed} ${isDryRun ? 'would change' : 'changed'}, ${sums.still_unknown} still unknown.`,
  )
  if (sums.unreadable > 0) out(`${sums.unreadable} cannot be read under the name that was given to them, and stay as they are:`)
  for (const { name, detail, events } of problems.values()) out(`  ${shown(name)}: ${shown(detail)} (${events})`)
  if (sums.not_allowed > 0) out(`${sums.not_allowed} have no consent to what they would become, and stay as they are.`)
}

const stoppedAfter = ({ looked_at, changed }: Pick<Part, 'looked_at' | 'changed'>, isDryRun: boolean): string =>
  isDryRun
    ? `Stopped after ${looked_at} events, of which ${changed} would change.`
    : `Stopped after ${looked_at} events, of which ${changed} changed and stay so; run the same again for the others.`
