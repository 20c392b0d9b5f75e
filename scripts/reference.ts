import { writeFile } from 'node:fs/promises'
import {
  catalogue,
  type Default,
  describeProperties,
  type EventDefinition,
  Product,
  type PropertyDescription,
  propertyAliases,
} from '@footfall/events'

const page = new URL('../packages/events/REFERENCE.md', import.meta.url)

/** The page on which people look events up, in Markdown. The same catalogue gives the same text. */
export function reference(events: ReadonlyMap<string, EventDefinition>): string {
  const definitions = [...events.values()]
  return [
    '<!-- Made from the catalogue by `pnpm reference`: change `src/catalogue/`, not this page. -->',
    '# Event reference',
    'Every event that Footfall knows, in the order of a visit.',
    overview(definitions),
    howToRead,
    '## Product lines',
    'What stands in `products`. Other fields are kept as they are.',
    table(
      ['Field', 'Value', 'Needed', 'Meaning'],
      describeProperties(Product.entries).map((field) => [
        code(field.name),
        valueCell(field),
        field.isRequired ? 'required' : '',
        field.meaning,
      ]),
    ),
    '## Kinds of value',
    table(['Value', 'What it is'], kinds(definitions)),
    '## Other names of properties',
    'Read as the property on the left, first found first, where the event has that property and it is missing.',
    table(
      ['Property', 'Other names'],
      [...propertyAliases].map(([name, aliases]) => [code(name), aliases.map(code).join(', ')]),
    ),
    '## Events',
    ...definitions.flatMap(eventSection),
  ]
    .join('\n\n')
    .concat('\n')
}

const howToRead = `An event is stored only with the visitor's consent to its **purpose**; what is \`necessary\` needs none.

**required**: once defaults are filled, an event without this property, or with a value of another kind, is quarantined. Any other
property may be missing or \`null\`, and is dropped and flagged when its value is of another kind. Properties that are not listed
are kept as they are. Every default that is filled in is recorded on the event.

**Counted once for each**: a second event with the same values is kept, marked as a duplicate and left out of every count. Where
one of the values is missing, the next list applies. Beside properties, \`user_id\`, \`session.id\` and \`device.type\` are those of the
event itself, and \`day\` is the day on which it happened in the project's time zone.`

const overview = (definitions: readonly EventDefinition[]): string =>
  table(
    ['Event', 'Purpose', 'What happened'],
    definitions.map(({ name, purpose, meaning }) => [`[${code(name)}](#${name})`, purpose, meaning]),
  )

function eventSection(definition: EventDefinition): readonly string[] {
  const properties = describeProperties(definition.properties.entries)
  return [
    `### ${definition.name}`,
    definition.meaning,
    [`Purpose: ${definition.purpose}.`, ...(definition.derived ? [derived] : []), ...onceFor(definition)].join(' '),
    properties.length === 0
      ? 'No properties of its own.'
      : table(
          ['Property', 'Value', 'Needed', 'Default', 'Meaning'],
          properties.map((property) => [
            code(property.name),
            valueCell(property),
            need(definition, property),
            defaultText(definition.defaults[property.name]),
            property.meaning,
          ]),
        ),
    otherNames(definition),
  ]
}

const derived =
  'Made by the collector from other events; one that is sent is kept under another name (`cart_abandoned_reported`), as it was told.'

const onceFor = ({ naturalKeys }: EventDefinition): readonly string[] =>
  naturalKeys.length === 0
    ? []
    : [`Counted once for each ${naturalKeys.map((key) => key.map(code).join(' + ')).join(', else ')}.`]

function need(definition: EventDefinition, { name, isRequired }: PropertyDescription): string {
  if (isRequired) return 'required'
  const group = definition.requiredOneOf.find((names) => names.includes(name))
  return group
    ? `required, or ${group
        .filter((other) => other !== name)
        .map(code)
        .join(', ')}`
    : ''
}

function defaultText(value: Default | undefined): string {
  if (value === undefined) return ''
  if (typeof value !== 'object') return code(JSON.stringify(value))
  return 'from' in value ? `that of ${code(value.from)}` : `${code(JSON.stringify(value.value))} without ${code(value.unless)}`
}

function otherNames({ vocabularies, aliases }: EventDefinition): string {
  const named = [
    ['GA4', vocabularies.ga4],
    ['Segment', vocabularies.segment],
    ['Shopify', vocabularies.shopify],
  ].flatMap(([vocabulary, name]) => (name ? [`${vocabulary} ${code(name)}`] : []))
  return [...(named.length > 0 ? [`Elsewhere: ${named.join(', ')}.`] : []), `Aliases: ${aliases.map(code).join(', ')}.`].join(' ')
}

function kinds(definitions: readonly EventDefinition[]): readonly (readonly string[])[] {
  const properties = [
    ...definitions.flatMap((definition) => describeProperties(definition.properties.entries)),
    ...describeProperties(Product.entries),
  ]
  const byName = new Map(properties.filter(({ words }) => words.length === 0).map(({ kind, kindMeaning }) => [kind, kindMeaning]))
  return [...byName].sort(([a], [b]) => a.localeCompare(b, 'en'))
}

const valueCell = (property: PropertyDescription): string =>
  property.words.length > 0 ? property.words.map(code).join(', ') : `[${property.kind}](#kinds-of-value)`

const code = (text: string): string => `\`${text}\``

/** In Markdown, its columns lined up. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((_, column) => Math.max(3, ...[head, ...rows].map((cells) => cells[column]?.length ?? 0)))
  const line = (cells: readonly string[]) => `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n')
}

if (import.meta.main) await writeFile(page, reference(catalogue))
