import type { Default, EventDefinition } from '@footfall/events'
import type { Notes } from './notes.ts'

/** Parts of the event beside its properties that a default or a natural key may name. `null` where the event has none. */
export type EventParts = Readonly<Record<string, string | null>>

/** Anything but missing and null. */
export const isPresent = (value: unknown): boolean => value !== undefined && value !== null

/** Fills what is missing and has a default, and records each value it fills. */
export function applyDefaults(
  definition: EventDefinition,
  properties: Record<string, unknown>,
  parts: EventParts,
  notes: Notes,
): void {
  for (const [name, rule] of Object.entries(definition.defaults)) {
    if (isPresent(properties[name])) continue
    const value = defaultValue(rule, properties, parts)
    if (!isPresent(value)) continue
    properties[name] = value
    notes.repairs.push({ field: `properties.${name}`, from: null, to: value, rule: 'DF-DEFAULT' })
  }
}

function defaultValue(rule: Default, properties: Readonly<Record<string, unknown>>, parts: EventParts): unknown {
  if (typeof rule !== 'object') return rule
  if ('from' in rule) return Object.hasOwn(parts, rule.from) ? parts[rule.from] : properties[rule.from]
  return isPresent(properties[rule.unless]) ? undefined : rule.value
}
