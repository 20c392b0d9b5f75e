import type { BeforeAlias } from '../revision.ts'

/** What stood in an event before an alias renamed it, as JSON texts. */
export interface BeforeAliasRow {
  readonly properties: string
  readonly repairs: string
  readonly flags: string
}

export const beforeAliasRow = ({ properties, repairs, flags }: BeforeAlias): BeforeAliasRow => ({
  properties: JSON.stringify(properties),
  repairs: JSON.stringify(repairs),
  flags: JSON.stringify(flags),
})

export const beforeAliasOf = ({ properties, repairs, flags }: BeforeAliasRow): BeforeAlias => ({
  properties: JSON.parse(properties),
  repairs: JSON.parse(repairs),
  flags: JSON.parse(flags),
})

/** In the order of the columns below. */
export const beforeAliasCells = ({ properties, repairs, flags }: BeforeAliasRow) => [properties, repairs, flags] as const

/** Keeps what is needed to undo a renaming, in place of what was kept for an earlier one. */
export const keepBeforeAlias = `INSERT INTO renamed_events (position, project, original_name, name, properties, repairs, flags)
  VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (position) DO UPDATE SET name = excluded.name, properties = excluded.properties,
    repairs = excluded.repairs, flags = excluded.flags`
