import { catalogue, type EventDefinition } from '@footfall/events'

/**
 * The name under which an event is stored. What only the collector derives is kept as it was told when somebody else sends it, and never
 * taken for its own: `cart_abandoned_reported`.
 */
export const storedName = ({ name, derived }: Pick<EventDefinition, 'name' | 'derived'>): string =>
  derived ? `${name}_reported` : name

/** Name of what somebody else sent -> name of the event that the collector derives. */
export const reportedNames: ReadonlyMap<string, string> = new Map(
  [...catalogue.values()].filter(({ derived }) => derived).map((definition) => [storedName(definition), definition.name]),
)

/** Is it a name that the collector itself gives an event? Any other is a shop's own. */
export const isStoredName = (name: string): boolean => catalogue.has(name) || reportedNames.has(name)
