import type { ConsentSnapshot, Page, Purpose } from '@footfall/events'
import { allows, purposeOf } from '@footfall/events/purposes'
import type { Who } from '../identity/identity.ts'
import { uuid } from '../platform/uuid.ts'
import type { PageView } from './page.ts'

/** When and where something happened: milliseconds since 1970 UTC by the page's clock, and the page's address. */
export type Moment = readonly [at: number, url: string]

/** Where captures learn it from. A page that repeats calls made before this script had loaded says when and where they were made. */
export const clock = { now: (): Moment => [Date.now(), location.href] }

/** What happened, frozen at the moment it happened. */
export interface Captured {
  readonly id: string
  purpose: Purpose
  /** The event's own fields as JSON text without its closing brace, so that an attempt can add what only it knows. */
  readonly event: string
  readonly page: Page
  /** When, by the wall clock. */
  readonly at: number
  /** When, by the monotonic clock, and the origin of that clock: ages can be told only between equal origins. */
  readonly born: number
  readonly origin: number
  /** Whose it is, once that is not the visitor of the time of sealing. */
  who?: Who
}

/** Ready to wait and to be sent: what is known about the visitor and the consent is sealed in and does not change any more. */
export interface Sealed extends Omit<Captured, 'page' | 'who'> {
  /** The fields that most events of a page have in common, as the JSON text of an object. */
  readonly context: string
  /** The anonymous id whose numbers `seq` counts; events without an identity are not numbered. */
  readonly owner: string | null
  /** Given by the queue: one more than the one before, per owner. */
  seq?: number | undefined
  /** In the capturing page's copy: the device has it as well. */
  isSafe?: boolean
}

const { timeOrigin } = performance

/** Was it captured on this page? Only here its age is known by a clock that nobody can set. */
export const isOfThisPage = ({ origin }: Pick<Captured, 'origin'>): boolean => origin === timeOrigin

/**
 * Freezes an event. The properties become text at once: the page may change or reuse its object right afterwards.
 * @throws TypeError when the properties are no JSON
 */
export const capture = (name: string, properties: unknown, view: PageView, id: string = uuid()): Captured => {
  const [at, url] = clock.now()
  return {
    id,
    purpose: purposeOf(name),
    event: JSON.stringify({ id, name, occurred_at: at, properties }).slice(0, -1),
    page: view.current(url),
    at,
    born: performance.now(),
    origin: timeOrigin,
  }
}

/** Seals events with what is known about the visitor. */
export function createSeal(): (captured: Captured, who: Who, consent: ConsentSnapshot) => Sealed {
  let context = ''
  let about: readonly unknown[] = []
  return (captured, who, consent) => {
    const { page } = captured
    // Most events of a page have the one before's: making the text anew costs more than all the rest.
    if (about[0] !== page || about[1] !== who || about[2] !== consent) {
      about = [page, who, consent]
      context = withoutMarketing(JSON.stringify({ ...who, page, consent }), consent)
    }
    return {
      ...captured,
      context,
      owner: who.anonymous_id,
      event: withoutMarketing(captured.event, consent),
      page: undefined, // part of the context
    }
  }
}

/**
 * Empties the fields that need consent to marketing, if there is none, in JSON text: the ids that advertisers hang on addresses, and
 * hashes of e-mail addresses.
 */
export const withoutMarketing = (json: string, consent: ConsentSnapshot): string =>
  allows(consent, 'marketing') ? json : json.replace(/([?&](\w*(cl\w*|c|bra|fat_)id|epik)=|"email_hash":")[^&#"\\]*/g, '$1')
