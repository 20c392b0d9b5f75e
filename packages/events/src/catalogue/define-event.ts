import * as v from 'valibot'
import { type Purpose, purposeOf } from '../purposes.ts'
import { Currency } from './money.ts'

type Fields = v.ObjectEntries

/** The event's name in vocabularies that shops already speak; absent where they have none. */
export interface Vocabularies {
  readonly segment?: string
  readonly ga4?: string
  readonly shopify?: string
}

/** What the catalogue knows about one event. */
export interface EventDefinition<N extends string = string, F extends Fields = Fields> {
  readonly name: N
  /** One sentence: what happened. */
  readonly meaning: string
  /** The consent without which it is neither kept nor sent. */
  readonly purpose: Purpose
  /** Made by the collector from other events; a page may not send it. */
  readonly derived: boolean
  /** The shape of its properties. Unknown ones are kept. */
  readonly properties: v.LooseObjectSchema<F, undefined>
  /** Names of the properties without which the event is quarantined. */
  readonly required: readonly string[]
  /** Groups of which at least one property must be there. */
  readonly requiredOneOf: readonly (readonly string[])[]
  /** Properties that hold an amount. */
  readonly money: readonly string[]
  /** Values for missing properties, as the collector fills and records them. */
  readonly defaults: Readonly<Record<string, unknown>>
  /**
   * Properties that together name the thing that happened only once, whatever id the event has. A second one is kept and marked
   * `duplicate_of`, and counted once: the reloaded thank-you page.
   */
  readonly naturalKey: readonly string[]
  /** Other names under which it arrives, in their normalised form. */
  readonly aliases: readonly string[]
  readonly vocabularies: Vocabularies
}

interface Draft<N extends string, F extends Fields> {
  readonly name: N
  readonly meaning: string
  /** A field that is not `v.optional` is required. */
  readonly properties: F
  readonly requiredOneOf?: readonly (readonly (keyof F & string)[])[]
  readonly money?: readonly (keyof F & string)[]
  readonly defaults?: Partial<Record<keyof F & string, unknown>>
  readonly naturalKey?: readonly (keyof F & string)[]
  readonly derived?: boolean
  readonly aliases: readonly string[]
  readonly vocabularies?: Vocabularies
}

const currency = { currency: v.optional(Currency) }

/** Completes what follows from the rest, so that no two statements about an event can disagree. */
export function defineEvent<const N extends string, F extends Fields>(
  draft: Draft<N, F>,
): EventDefinition<N, F & typeof currency> {
  const properties = v.looseObject({ ...currency, ...draft.properties })
  return {
    name: draft.name,
    meaning: draft.meaning,
    purpose: purposeOf(draft.name),
    derived: draft.derived ?? false,
    properties,
    required: Object.keys(draft.properties).filter((key) => draft.properties[key]?.type !== 'optional'),
    requiredOneOf: draft.requiredOneOf ?? [],
    money: draft.money ?? [],
    defaults: draft.defaults ?? {},
    naturalKey: draft.naturalKey ?? [],
    aliases: draft.aliases,
    vocabularies: draft.vocabularies ?? {},
  }
}
