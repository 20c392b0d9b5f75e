import * as v from 'valibot'
import type { Project } from '../config.ts'
import { type Refusal, refuse } from '../errors.ts'
import { pageOf, readBound } from '../events-query.ts'
import type { QuarantineFilter } from '../sinks/quarantine.ts'
import type { PageOf } from '../sinks/sink.ts'
import { checkPatch } from './patch.ts'
import type { ReplayOrder } from './replay.ts'

/** What rows are chosen by, in the words of the wire. */
export const filterNames = ['name', 'code', 'rule', 'source', 'user_id', 'anonymous_id', 'from', 'to'] as const
type FilterWords = { readonly [N in (typeof filterNames)[number]]?: string | undefined }

/** Most rows of one replay, and most keys that can be named at once. */
const maxRows = 500

/** Reads a filter. */
export function readFilter(
  given: FilterWords,
  project: Project,
): { readonly kind: 'filter'; readonly filter: QuarantineFilter } | Refusal {
  const from = readBound(given.from, project, 0)
  const to = readBound(given.to, project, 1)
  if (from === null || to === null) {
    return refuse('bad_parameter', 'from and to take a day such as 2026-11-21 or a time such as 2026-11-21T18:00:00Z.')
  }
  const { name, code, rule, source, user_id: userId, anonymous_id: anonymousId } = given
  return { kind: 'filter', filter: { project: project.id, name, code, rule, source, userId, anonymousId, from, to } }
}

/** Says which rows are meant: some keys, a filter, or, said in so many words, all. A forgotten filter must not mean everything. */
export function readWhich(
  { keys, isAll, ...words }: FilterWords & { readonly keys: readonly string[]; readonly isAll: boolean },
  project: Project,
): { readonly kind: 'filter'; readonly filter: QuarantineFilter } | Refusal {
  const isFiltered = filterNames.some((name) => words[name] !== undefined)
  if (keys.length === 0 && !isFiltered && !isAll) {
    return refuse('bad_parameter', `Say which rows are meant: their keys, a filter (${filterNames.join(', ')}), or all.`)
  }
  if (keys.length > maxRows) return refuse('bad_parameter', `Name at most ${maxRows} keys at once.`)
  if (!keys.every(isKey)) return refuse('bad_parameter', 'A key has 32 hexadecimal digits; copy it from GET /v1/quarantine.')
  const read = readFilter(words, project)
  if (read.kind === 'refused' || keys.length === 0) return read
  return { kind: 'filter', filter: { ...read.filter, keys: keys.map((key) => key.toLowerCase()) } }
}

export const isKey = (text: string): boolean => /^[0-9a-f]{32}$/i.test(text)

const text = v.optional(v.string())

/** The body of `POST /v1/quarantine/replay`, before its filter, cursor and patch are looked at. */
export const ReplayBody = v.strictObject({
  keys: v.optional(v.array(v.string())),
  filter: v.optional(v.strictObject(v.entriesFromList(filterNames, text))),
  all: v.optional(v.boolean()),
  patch: v.optional(v.unknown()),
  dry_run: v.optional(v.boolean()),
  limit: v.optional(v.number()),
  cursor: v.optional(v.nullable(v.string())),
})

/** Reads the body of a replay. */
export function readOrder(
  body: unknown,
  project: Project,
): { readonly kind: 'order'; readonly order: ReplayOrder; readonly page: PageOf } | Refusal {
  const read = v.safeParse(ReplayBody, body)
  if (!read.success) {
    const path = v.getDotPath(read.issues[0])
    const known = [...Object.keys(ReplayBody.entries), ...filterNames.map((name) => `filter.${name}`)]
    // Any other name is the sender's, and could be anything.
    const where = known.find((name) => name === path)
    if (where === undefined) return refuse('bad_parameter', `The body is an object with some of these: ${known.join(', ')}.`)
    return refuse('bad_parameter', `${where} does not have the shape that it has in a replay; see /openapi.json.`)
  }
  const { keys, filter, patch, dry_run: isDryRun = false, limit = maxRows, cursor } = read.output
  const isPatched = patch !== undefined && patch !== null
  // Nothing said means everything, which is what reading again is for. A list without a key does not, nor a patch, nor going on from
  // somewhere.
  const isUnsaid = keys === undefined && filter === undefined && cursor === undefined && !isPatched
  const { all = isUnsaid } = read.output
  const which = readWhich({ ...filter, keys: keys ?? [], isAll: all }, project)
  if (which.kind === 'refused') return which
  const page = pageOf(limit, cursor ?? undefined)
  if ('kind' in page) return page
  if (!isPatched) return { kind: 'order', order: { filter: which.filter, patch: null, isDryRun }, page }
  const checked = checkPatch(patch)
  if (checked.kind === 'wrong') return refuse('bad_parameter', checked.sentence)
  if (Object.hasOwn(checked.patch, 'id') && keys?.length !== 1) {
    return refuse('bad_parameter', 'A patch that gives an id is for one event: name its key. No two events have the same.')
  }
  return { kind: 'order', order: { filter: which.filter, patch: checked.patch, isDryRun }, page }
}
