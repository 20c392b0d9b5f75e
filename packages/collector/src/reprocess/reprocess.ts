import { type ConsentPurpose, catalogue } from '@footfall/events'
import type { Project } from '../config.ts'
import { purposeOf } from '../consent/purposes.ts'
import type { DayOf } from '../normalise/day.ts'
import type { EventNameReading } from '../normalise/event-name.ts'
import type { Rates } from '../normalise/rates.ts'
import type { Registry } from '../registry/registry.ts'
import { resolveName } from '../registry/resolve-name.ts'
import type { Renaming, SentEvent, SentName } from '../sinks/revision.ts'
import type { Store } from '../sinks/sink.ts'
import type { StoredEvent } from '../sinks/stored-event.ts'
import { type Renamed, rename, restore } from './rename.ts'

/** Which stored events are to be read again. */
export interface ReprocessAsk {
  /** As they were sent. `null`: all that are not the catalogue's. */
  readonly names: readonly string[] | null
  /** Earliest `occurred_at`, inclusive, ms. */
  readonly from: number | undefined
  /** Latest `occurred_at`, exclusive, ms. */
  readonly to: number | undefined
  /** Only says what would become of them. */
  readonly isDryRun: boolean
  /** Where the call before ended; `null` begins. */
  readonly cursor: ReprocessCursor | null
}

export interface ReprocessCursor {
  /** The name that is under way. */
  readonly name: string
  readonly stage: ReprocessStage
  /** Position behind which to go on; `null` begins the stage. */
  readonly after: number | null
}

/** Of a name: first its events that are called wrongly are restored, then those that are unknown are renamed, or counted. */
export const reprocessStages = ['restore', 'rename', 'count'] as const
export type ReprocessStage = (typeof reprocessStages)[number]

export interface ReprocessPorts {
  readonly store: Renaming & Pick<Store, 'consentOf'>
  readonly project: Pick<Project, 'id' | 'baseCurrency'>
  readonly registry: Registry
  readonly rates: Rates | null
  readonly dayOf: DayOf
}

/** What one call did. */
export interface Reprocessed {
  /** Whatever came of them: each once. */
  readonly lookedAt: number
  readonly changed: number
  readonly stillUnknown: number
  readonly unreadable: number
  readonly notAllowed: number
  /** Why events cannot be read under the names that were given to them: the first few reasons. */
  readonly problems: readonly ReprocessProblem[]
  readonly next: ReprocessCursor | null
}

export interface ReprocessProblem {
  /** As it was sent. */
  readonly name: string
  readonly code: string
  readonly detail: string
  readonly events: number
}

// One call is over after so many events, or so many questions to the store: each is small, so that what waits for the store gets its turn.
const maxEvents = 500
const maxQuestions = 400
const rowsPerQuestion = 100
const countedPerQuestion = 5000
const namesPerQuestion = 100
const maxProblems = 20

/**
 * Gives stored events the meaning that their names have today: what is unknown and has an alias now, and what an alias renamed that is gone.
 * Does a part of the work and says where to go on. Whatever it does not come to is found again: it may end, or be begun anew, anywhere.
 *
 * @throws FootfallError of the store
 */
export async function reprocess(ask: ReprocessAsk, ports: ReprocessPorts): Promise<Reprocessed> {
  const { store, project, registry } = ports
  const sums = { lookedAt: 0, changed: 0, stillUnknown: 0, unreadable: 0, notAllowed: 0 }
  const problems = new Map<string, ReprocessProblem>()
  let questions = 0
  let handled = 0
  let next: ReprocessCursor | null = null
  const steps = { restore: restorePage, rename: renamePage, count: countPage }

  for await (const name of namesFrom(ask, ports, () => ++questions)) {
    next = await reprocessName(name)
    if (next !== null) break
  }
  return { ...sums, problems: [...problems.values()], next }

  /** Where to go on; `null` where the name is done. */
  async function reprocessName(name: string): Promise<ReprocessCursor | null> {
    const resolved = resolveName(name, registry)
    const last = resolved.isKnown ? 'rename' : 'count'
    // The alias may have changed since the call before: then the name is begun anew.
    const isBegun = ask.cursor?.name === name && (ask.cursor.stage === 'restore' || ask.cursor.stage === last)
    for (let cursor: ReprocessCursor | null = isBegun ? ask.cursor : { name, stage: 'restore', after: null }; cursor !== null; ) {
      if (isOver()) return cursor
      questions += 1
      const { stage }: ReprocessCursor = cursor
      const after: number | null = await steps[stage](cursor, resolved)
      if (after !== null) cursor = { name, stage, after }
      else cursor = stage === 'restore' ? { name, stage: last, after: null } : null
    }
    return null
  }

  async function restorePage({ name, after }: ReprocessCursor, resolved: EventNameReading): Promise<number | null> {
    const sent = { ...sentAs(name), called: resolved.isKnown ? resolved.name : name }
    const { rows, next: more } = await store.renamedEvents(sent, { limit: rowsPerQuestion, after })
    const results = rows.map((row) => restore(row, ports))
    const restored = await revise(results)
    const held = results.filter(({ kind }) => kind === 'not_allowed')
    const going = rows.filter((_, index) => results[index]?.kind === 'changed')
    count(name, held)
    if (!resolved.isKnown) sums.changed += restored
    // They come again in the next stage, and are looked at there, unless nothing is done.
    if (ask.isDryRun) await tryRestored(name, going, resolved)
    handled += rows.length
    return more
  }

  async function tryRestored(name: string, rows: readonly SentEvent[], resolved: EventNameReading): Promise<void> {
    if (resolved.isKnown) {
      const results = await Promise.all(rows.map((row) => decide(row, resolved)))
      sums.changed += await revise(results)
      return count(name, results)
    }
    sums.lookedAt += rows.length
    sums.stillUnknown += rows.length
  }

  async function renamePage({ name, after }: ReprocessCursor, resolved: EventNameReading): Promise<number | null> {
    const { rows, next: more } = await store.unknownEvents(sentAs(name), { limit: rowsPerQuestion, after })
    const results = await Promise.all(rows.map((row) => decide(row, resolved)))
    sums.changed += await revise(results)
    count(name, results)
    handled += rows.length
    return more
  }

  async function countPage({ name, after }: ReprocessCursor): Promise<number | null> {
    const { events, next: more } = await store.countUnknown(sentAs(name), { limit: countedPerQuestion, after })
    sums.lookedAt += events
    sums.stillUnknown += events
    return more
  }

  function sentAs(name: string): SentName {
    return { project: project.id, name, from: ask.from, to: ask.to }
  }

  /** How many were changed, or would be. */
  async function revise(results: readonly Renamed[]): Promise<number> {
    const revisions = results.flatMap((result) => (result.kind === 'changed' ? [result.revision] : []))
    return ask.isDryRun || revisions.length === 0 ? revisions.length : store.revise(project.id, revisions)
  }

  function count(name: string, results: readonly Renamed[]): void {
    sums.lookedAt += results.length
    for (const result of results) {
      if (result.kind === 'not_allowed') sums.notAllowed += 1
      if (result.kind !== 'unreadable') continue
      sums.unreadable += 1
      const { code, detail } = result.fault
      const key = JSON.stringify([name, code, detail])
      const known = problems.get(key)
      if (known !== undefined || problems.size < maxProblems)
        problems.set(key, { name, code, detail, events: (known?.events ?? 0) + 1 })
    }
  }

  async function decide(row: SentEvent, resolved: EventNameReading): Promise<Renamed> {
    const result = rename(row, resolved, { ...ports, baseCurrency: project.baseCurrency })
    if (result.kind !== 'changed') return result
    const purpose = purposeOf(resolved.name)
    const isAnother = purpose !== 'necessary' && purpose !== purposeOf(row.event.name)
    return isAnother && (await isWithdrawn(purpose, row.event)) ? { kind: 'not_allowed' } : result
  }

  /** An event that serves another purpose from now on must not begin to after its visitor has said no. */
  async function isWithdrawn(purpose: ConsentPurpose, { anonymous_id, user_id }: StoredEvent): Promise<boolean> {
    const standing = async (id: string | null, as: 'as_anonymous_id' | 'as_user_id') =>
      id !== null && (await store.consentOf(project.id, id, { limit: 1, after: 0 })).current[as][purpose]?.state === 'denied'
    return (await standing(anonymous_id, 'as_anonymous_id')) || (await standing(user_id, 'as_user_id'))
  }

  function isOver(): boolean {
    return handled >= maxEvents || questions >= maxQuestions
  }
}

/** The names that are meant, from where the call before ended. */
async function* namesFrom(
  { names, cursor }: ReprocessAsk,
  { store, project }: ReprocessPorts,
  onQuestion: () => void,
): AsyncGenerator<string, void> {
  if (names !== null) {
    const asked = [...new Set(names)].filter((name) => !catalogue.has(name))
    yield* asked.slice(cursor === null ? 0 : Math.max(0, asked.indexOf(cursor.name)))
    return
  }
  if (cursor !== null) yield cursor.name
  for (let after = cursor?.name ?? ''; ; ) {
    onQuestion()
    const found = await store.sentNames(project.id, { after, limit: namesPerQuestion })
    yield* found
    const last = found.at(-1)
    if (last === undefined || found.length < namesPerQuestion) return
    after = last
  }
}
