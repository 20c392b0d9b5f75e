import * as v from 'valibot'

/**
 * A property without which the event is useless, with its meaning, which the reference and the API description show. The
 * collector may still have a default for it.
 */
export const required = <const S extends v.GenericSchema>(value: S, meaning: string) => v.pipe(value, v.description(meaning))

/** A property that may be missing. `null` says the same as leaving it out. */
export const optional = <const S extends v.GenericSchema>(value: S, meaning: string) => v.nullish(required(value, meaning))

/** May this property of a schema be missing? */
export const isOptional = (field: v.GenericSchema): boolean => 'wrapped' in field

/** The kind of value behind a property that `required` or `optional` made: `Money`, `Identifier` … */
export function kindOf(field: v.GenericSchema): v.GenericSchema {
  const present = presentOf(field)
  // What was piped stands first; a schema that was not piped is the kind itself.
  return (present as Partial<v.SchemaWithPipe<readonly [v.GenericSchema]>>).pipe?.[0] ?? present
}

/** What an optional property is when it is there, and any other as it is. */
export const presentOf = (field: v.GenericSchema): v.GenericSchema =>
  // Only `optional` wraps, and it wraps a schema.
  (field as Partial<v.NullishSchema<v.GenericSchema, undefined>>).wrapped ?? field
