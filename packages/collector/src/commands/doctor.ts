import { diagnose } from '../doctor/diagnose.ts'
import type { Finding } from '../doctor/finding.ts'
import type { Terminal } from './command.ts'
import { shown } from './terminal-text.ts'

interface Given {
  readonly config: string | undefined
  readonly url: string | undefined
  readonly project: string | undefined
  readonly json: boolean
  /** Send an event, and erase it. */
  readonly probe: boolean
  /** Look through the whole store, however long it takes. */
  readonly full: boolean
}

/**
 * `footfall doctor`: looks at everything that can be wrong, and says what to do.
 *
 * @returns whether nothing is wrong; warnings are not
 * @throws FootfallError when the settings cannot be used
 */
export async function doctor(given: Given, { out, progress, signal, paint }: Terminal): Promise<boolean> {
  const { config: file, url, project, probe: isProbing, full: isFull } = given
  const findings: Finding[] = []
  const onProgress = (what: string): void => progress(`looking at: ${what}`)
  try {
    for await (const finding of diagnose({ file, url, project, isProbing, isFull, signal, onProgress })) {
      findings.push(finding)
      progress('')
      if (!given.json) for (const line of linesOf(finding, paint)) out(line)
    }
  } finally {
    progress('')
    if (given.json) out(JSON.stringify({ is_fine: isFine(findings), findings }))
  }
  if (!given.json) out(summary(findings))
  return isFine(findings)
}

const isFine = (findings: readonly Finding[]): boolean => findings.every(({ status }) => status !== 'wrong')

const marks = { ok: '✓', warning: '!', wrong: '✗', skipped: '-' } as const
const colours = { ok: 'green', warning: 'yellow', wrong: 'red', skipped: 'dim' } as const

function* linesOf({ check, status, says, advice }: Finding, paint: Terminal['paint']): Iterable<string> {
  yield `${paint(colours[status], marks[status])} ${check}: ${shown(says)}`
  if (advice !== null) yield `    ${shown(advice)}`
}

function summary(findings: readonly Finding[]): string {
  const of = (status: Finding['status']): number => findings.filter((finding) => finding.status === status).length
  if (of('wrong') > 0) return `Something is wrong (✗): ${of('wrong')}. Worth a look (!): ${of('warning')}.`
  return of('warning') > 0 ? `Nothing is wrong. Worth a look (!): ${of('warning')}.` : 'Nothing is wrong.'
}
