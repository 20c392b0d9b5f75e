import type { Options, Values } from './command.ts'

/** Of every command that reads settings. */
export const configOptions = {
  config: { type: 'string', short: 'c', value: 'file', help: 'Settings; else footfall.config.ts, .js or .json of this folder' },
} as const satisfies Options

export const jsonOptions = {
  json: { type: 'boolean', help: 'Print JSON, for programs' },
} as const satisfies Options

/** Of every command that asks a running collector: see `Asked`. */
export const askedOptions = {
  ...configOptions,
  url: { type: 'string', value: 'address', help: 'The collector; else FOOTFALL_URL, or where the settings say' },
  project: { type: 'string', value: 'id', help: 'Its project; else default' },
  ...jsonOptions,
} as const satisfies Options
export type AskedValues = Values<typeof askedOptions>

export const dryRunOptions = {
  'dry-run': { type: 'boolean', help: 'Only say what would be done' },
} as const satisfies Options

export const periodOptions = {
  from: { type: 'string', value: 'day', help: 'Only from this day on, such as 2026-11-01' },
  to: { type: 'string', value: 'day', help: 'Only up to this day, which is included' },
} as const satisfies Options

/** Which rows of the quarantine are meant. */
export const filterOptions = {
  source: { type: 'string', value: 'id', help: 'Only what this source sent' },
  code: { type: 'string', value: 'code', help: 'Only what was refused with this code, such as bad_time' },
  rule: { type: 'string', value: 'rule', help: 'Only what this rule refused, such as DT-NUM-ORDER' },
  name: { type: 'string', value: 'event', help: 'Only events that were sent under this name' },
  ...periodOptions,
} as const satisfies Options
export type FilterValues = Values<typeof filterOptions>
