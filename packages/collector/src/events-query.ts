import type { Context } from 'hono'
import type { Project } from './config.ts'
import { type Refusal, refuse } from './errors.ts'
import { createDayOf } from './normalise/day.ts'
import { readInstant } from './normalise/instant.ts'
import { addDays, isDay, startOfDay } from './reports/days.ts'
import type { EventFilter, PageOf } from './sinks/sink.ts'
import { qualityStates } from './sinks/stored-event.ts'

/** What `GET /v1/events` asks for. */
export interface EventsQuery {
  readonly kind: 'query'
  readonly of: 'events' | 'quarantine'
  readonly filter: EventFilter
  readonly page: PageOf
}

const parameters = ['name', 'user_id', 'anonymous_id', 'status', 'from', 'to', 'limit', 'cursor']
const maxLimit = 500
const defaultLimit = 100

/** Reads the parameters of `GET /v1/events`. An unknown one is refused: a misspelt filter must not look like an answer. */
export function eventsQuery(c: Context, project: Project): EventsQuery | Refusal {
  const given = c.req.query()
  const unknown = Object.keys(given).find((name) => !parameters.includes(name))
  if (unknown !== undefined) return refuse('bad_parameter', `There is no such parameter; there are ${parameters.join(', ')}.`)

  const page = pageQuery(c)
  if ('kind' in page) return page
  const status = readStatus(given.status ?? 'accepted')
  if (status === null) return refuse('bad_parameter', `status is none of ${statuses.join(', ')}.`)
  const from = readBound(given.from, project, 0)
  const to = readBound(given.to, project, 1)
  if (from === null || to === null) {
    return refuse('bad_parameter', 'from and to take a day such as 2026-11-21 or a time such as 2026-11-21T18:00:00Z.')
  }
  const { name, user_id: userId, anonymous_id: anonymousId } = given
  const { of, quality } = status
  return { kind: 'query', of, filter: { project: project.id, name, userId, anonymousId, from, to, quality }, page }
}

/** What `status` takes: everything stored, some of it by its quality, or what was refused but kept. */
export const statuses = ['accepted', ...qualityStates, 'quarantined'] as const

function readStatus(status: string): (Pick<EventsQuery, 'of'> & Pick<EventFilter, 'quality'>) | null {
  if (status === 'quarantined') return { of: 'quarantine' }
  if (status === 'accepted') return { of: 'events' }
  const quality = qualityStates.find((state) => state === status)
  return quality === undefined ? null : { of: 'events', quality }
}

/** Reads `limit` and `cursor`. */
export function pageQuery(c: Context): PageOf | Refusal {
  const { limit, cursor } = c.req.query()
  return pageOf(limit === undefined ? defaultLimit : Number(limit), cursor)
}

/** A page of so many rows, from the beginning or from a cursor that was given as `next`. */
export function pageOf(limit: number, cursor: string | undefined): PageOf | Refusal {
  if (!Number.isInteger(limit) || limit < 1 || limit > maxLimit) {
    return refuse('bad_parameter', `limit is not a whole number from 1 to ${maxLimit}.`)
  }
  const after = cursor === undefined ? 0 : positionOf(cursor)
  if (after === null)
    return refuse('bad_parameter', 'cursor is not one that was given as next; leave it out to start at the beginning.')
  return { limit, after }
}

/** A day is meant whole: from its beginning, and as `to` until its end. An instant is meant as it stands. */
export function readBound(text: string | undefined, { timeZone }: Project, daysLater: 0 | 1): number | null | undefined {
  if (text === undefined) return undefined
  return isDay(text)
    ? startOfDay(addDays(text, daysLater), createDayOf(timeZone))
    : readInstant(/^\d{13}$/.test(text) ? Number(text) : text)
}

// Opaque, so that what is in it may change.
const prefix = 'p1.'

export const cursorOf = (position: number | null): string | null =>
  position === null ? null : Buffer.from(prefix + position).toString('base64url')

function positionOf(cursor: string): number | null {
  const text = Buffer.from(cursor, 'base64url').toString()
  const digits = text.startsWith(prefix) ? text.slice(prefix.length) : ''
  return /^\d{1,15}$/.test(digits) ? Number(digits) : null
}
