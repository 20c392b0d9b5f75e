import type * as v from 'valibot'
import { productAdded } from './cart.ts'
import type { EventDefinition } from './define-event.ts'

const definitions = [productAdded] as const

type Definition = (typeof definitions)[number]

/** The name of an event that the catalogue knows. */
export type EventName = Definition['name']

/** What a caller may write as the properties of each event: completes and checks in an editor. */
export type CatalogueProperties = {
  readonly [D in Definition as D['name']]: v.InferInput<D['properties']>
}

/**
 * Every event a tracker may send, with its properties. A shop adds its own by declaration merging:
 *
 * ```ts
 * declare module '@footfall/events' {
 *   interface EventMap { quiz_finished: { score: number } }
 * }
 * ```
 */
export interface EventMap extends CatalogueProperties {}

/** Every event that Footfall knows, by its canonical name. */
export const catalogue: ReadonlyMap<string, EventDefinition> = new Map(
  definitions.map((definition) => [definition.name, definition]),
)
