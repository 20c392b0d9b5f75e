import * as v from 'valibot'
import { isOptional, kindOf, presentOf } from './field.ts'

/** What a person wants to know about one property. */
export interface PropertyDescription {
  readonly name: string
  /** What it says. */
  readonly meaning: string
  /** Is the event quarantined without it, once defaults are filled? */
  readonly isRequired: boolean
  /** The kind of value: `money`, `identifier` … */
  readonly kind: string
  /** What holds for every value of that kind. */
  readonly kindMeaning: string
  /** The only values there are; empty where they are not a closed list. */
  readonly words: readonly string[]
}

/** Reads the properties of an event (`definition.properties.entries`) or of a product line (`Product.entries`) in their order. */
export const describeProperties = (entries: Readonly<Record<string, v.GenericSchema>>): readonly PropertyDescription[] =>
  Object.entries(entries).map(([name, field]) => {
    const kind = kindOf(field)
    return {
      name,
      meaning: v.getDescription(presentOf(field)) ?? '',
      isRequired: !isOptional(field),
      kind: v.getTitle(kind) ?? '',
      kindMeaning: v.getDescription(kind) ?? '',
      words: wordsOf(kind),
    }
  })

const wordsOf = (kind: v.GenericSchema): readonly string[] =>
  // The type `picklist` says which schema it is.
  kind.type === 'picklist' ? (kind as v.PicklistSchema<readonly string[], undefined>).options : []
