import * as v from 'valibot'
import { type Purpose, purposeOf } from '../purposes.ts'
import { isOptional, kindOf } from './field.ts'
import { Money } from './money.ts'

/** The event's name in vocabularies that shops already speak; absent where they have none. */
export interface Vocabularies {
  readonly segment?: string
  readonly ga4?: string
  readonly shopify?: string
}

/**
 * What stands for a property that is missing or null:
 * - a plain value: this value;
 * - `from`: what this property or part of the event says, where it says something;
 * - `value` and `unless`: this value, where the property `unless` is missing too.
 */
export type Default =
  | string
  | number
  | boolean
  | { readonly from: string }
  | { readonly value: string | number | boolean; readonly unless: string }

/**
 * What can be named beside an event's own properties, after normalisation: paths into the envelope, the kind of device, and
 * `day`, the day on which it happened in the project's time zone. No property of the catalogue is called like one of them.
 */
export const eventParts = ['user_id', 'session.id', 'device.type', 'day'] as const
export type EventPart = (typeof eventParts)[number]

type Fields = v.ObjectEntries

/**
 * What the catalogue knows about one event.
 *
 * The collector reads it in this order: resolve the name by `aliases`, fill `defaults`, check `required` and `requiredOneOf`,
 * check each property against `properties`, look for an earlier event with the same natural key.
 *
 * @typeParam N its name
 * @typeParam F the schemas of its properties
 * @typeParam D the properties that have a default, so that callers may leave them out
 * @typeParam X is it derived?
 */
export interface EventDefinition<
  N extends string = string,
  F extends Fields = Fields,
  D extends string = string,
  X extends boolean = boolean,
> {
  readonly name: N
  /** One sentence: what happened. */
  readonly meaning: string
  /** The consent without which it is neither kept nor sent. */
  readonly purpose: Purpose
  /** Made by the collector from other events; what somebody else sends of it is kept under another name, as it was told. */
  readonly derived: X
  /** The shape of its properties once defaults are filled. Others are kept as they are. */
  readonly properties: v.LooseObjectSchema<F, undefined>
  /**
   * Names of the properties without which the event is quarantined, after defaults; so it is where the value is of another
   * shape. An optional property of another shape only is dropped and flagged.
   */
  readonly required: readonly string[]
  /** Groups of properties of which at least one must be there, after defaults. */
  readonly requiredOneOf: readonly (readonly string[])[]
  /** Properties that hold an amount. The lines of `products` have their own: see `Product`. */
  readonly money: readonly string[]
  /** What stands for missing properties. The collector records each one it fills as a repair. */
  readonly defaults: Readonly<Record<D, Default>>
  /**
   * What names the thing that happened only once, whatever id the event has: a second event of this name with an equal key is
   * kept, marked `duplicate_of` and counted once (the reloaded thank-you page).
   *
   * Each key is a list of properties and event parts. A key of which any part is missing or null does not apply; the first
   * that applies is the event's key, and it is never compared with a key of other parts. Amounts are compared after
   * normalisation, lists and objects by their canonical JSON. Empty: every event counts.
   */
  readonly naturalKeys: readonly (readonly string[])[]
  /** Other names under which it arrives, in their normalised form. */
  readonly aliases: readonly string[]
  readonly vocabularies: Vocabularies
}

interface Draft<N extends string, F extends Fields, D extends keyof F & string, X extends boolean> {
  readonly name: N
  readonly meaning: string
  readonly properties: F
  readonly requiredOneOf?: readonly (readonly (keyof F & string)[])[]
  readonly defaults?: Readonly<Record<D, DraftDefault<F>>>
  readonly naturalKeys?: readonly (readonly ((keyof F & string) | EventPart)[])[]
  readonly derived?: X
  readonly aliases: readonly string[]
  readonly vocabularies?: Vocabularies
}

type DraftDefault<F extends Fields> =
  | string
  | number
  | boolean
  | { readonly from: (keyof F & string) | EventPart }
  | { readonly value: string | number | boolean; readonly unless: keyof F & string }

/** Completes what follows from the rest, so that no two statements about an event can disagree. */
export function defineEvent<
  const N extends string,
  F extends Fields,
  D extends keyof F & string = never,
  const X extends boolean = false,
>(draft: Draft<N, F, D, X>): EventDefinition<N, F, D, X> {
  const fields = Object.entries<v.GenericSchema>(draft.properties)
  return {
    name: draft.name,
    meaning: draft.meaning,
    purpose: purposeOf(draft.name),
    derived: draft.derived ?? (false as X), // X is `false` where the draft does not say
    properties: v.looseObject(draft.properties),
    required: fields.filter(([, field]) => !isOptional(field)).map(([name]) => name),
    requiredOneOf: draft.requiredOneOf ?? [],
    money: fields.filter(([, field]) => kindOf(field) === Money).map(([name]) => name),
    defaults: draft.defaults ?? ({} as Record<D, never>), // D is `never` where the draft has none
    naturalKeys: draft.naturalKeys ?? [],
    aliases: draft.aliases,
    vocabularies: draft.vocabularies ?? {},
  }
}
