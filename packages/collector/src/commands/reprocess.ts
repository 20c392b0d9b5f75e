import { askCollector } from './ask-collector.ts'
import { askedOptions, badUsage, type ClientCommand, readWords, shown } from './client-command.ts'

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

/** `footfall reprocess`: gives stored events the meaning that the shop's own names have today. */
export const reprocess: ClientCommand = async (args, { out, progress }) => {
  const { values, positionals } = readWords(args, {
    ...askedOptions,
    name: { type: 'string', multiple: true },
    from: { type: 'string' },
    to: { type: 'string' },
    'dry-run': { type: 'boolean' },
  })
  if (positionals.length > 0) throw badUsage('Say footfall reprocess, with --name for each name that is meant, or all are.')
  const { name: names, from, to, 'dry-run': isDryRun = false } = values
  const collector = await askCollector({ file: values.config, url: values.url, project: values.project })
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
    cursor = part.next
  }
  if (values.json === true) return out(JSON.stringify({ ...sums, problems: [...problems.values()] }))
  out(
    `${sums.looked_at} events looked at, ${sums.changed} ${isDryRun ? 'would change' : 'changed'}, ${sums.still_unknown} still unknown.`,
  )
  if (sums.unreadable > 0) out(`${sums.unreadable} cannot be read under the name that was given to them, and stay as they are:`)
  for (const { name, detail, events } of problems.values()) out(`  ${shown(name)}: ${shown(detail)} (${events})`)
  if (sums.not_allowed > 0) out(`${sums.not_allowed} have no consent to what they would become, and stay as they are.`)
}
