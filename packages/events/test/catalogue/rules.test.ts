import {
  catalogue,
  describeProperties,
  type EventDefinition,
  eventParts,
  propertyAliases,
  protectedNames,
} from '@footfall/events'
import * as v from 'valibot'
import { describe, expect, test } from 'vitest'

const definitions = [...catalogue.values()]
const names = [...catalogue.keys()]
const propertiesOf = (definition: EventDefinition) => Object.keys(definition.properties.entries)
const allProperties = new Set(definitions.flatMap(propertiesOf))

describe.each(definitions)('$name', (definition) => {
  const properties = propertiesOf(definition)

  test('is named for what was done to what, in snake case', () => {
    expect(definition.name).toMatch(/^[a-z]+(_[a-z]+)+$/)
    expect(definition.name).toMatch(/ed($|_(in|out|up|to_wishlist|from_wishlist)$)/)
  })

  test('says what happened in whole sentences', () => {
    expect(definition.meaning).toMatch(/^[A-Z].+\.$/)
  })

  test('says of every property what it means and what kind of value it is', () => {
    for (const property of describeProperties(definition.properties.entries)) {
      expect(property.name).toMatch(/^[a-z]+(_[a-z]+)*$/)
      expect(property.meaning).toMatch(/^.+[.?…]$/)
      expect(property.kind).not.toBe('')
      expect(property.kindMeaning).toMatch(/^.+[.]$/)
      expect(property.words.length > 0).toBe(property.kind === 'word')
    }
  })

  test('requires only what it has', () => {
    expect(properties).toEqual(expect.arrayContaining([...definition.required, ...definition.requiredOneOf.flat()]))
  })

  test('has a currency if and only if it can hold an amount', () => {
    const holdsAmounts = definition.money.length > 0 || properties.includes('products')
    expect(properties.includes('currency')).toBe(holdsAmounts)
  })

  test('lists every amount as money', () => {
    const amounts = describeProperties(definition.properties.entries).filter(({ kind }) => kind === 'money')
    expect(definition.money).toEqual(amounts.map(({ name }) => name))
  })

  test('takes defaults that its own schema accepts, from places that exist', () => {
    for (const [name, value] of Object.entries(definition.defaults)) {
      const schema = definition.properties.entries[name]
      if (typeof value === 'object' && 'from' in value) {
        expect([...properties, ...eventParts]).toContain(value.from)
        expect(value.from).not.toBe(name)
        continue
      }
      if (typeof value === 'object') expect(properties).toContain(value.unless)
      expect(schema && v.is(schema, typeof value === 'object' ? value.value : value)).toBe(true)
    }
  })

  test('has natural keys of things that exist, the first that applies deciding', () => {
    for (const key of definition.naturalKeys) {
      expect(key.length).toBeGreaterThan(0)
      expect([...properties, ...eventParts]).toEqual(expect.arrayContaining([...key]))
      // A key within an earlier one is a fallback. The other way round the later one could never apply.
      const earlier = definition.naturalKeys.slice(0, definition.naturalKeys.indexOf(key))
      expect(earlier.some((other) => other.every((part) => key.includes(part)))).toBe(false)
    }
  })

  test('has aliases in their normalised form', () => {
    for (const alias of definition.aliases) expect(alias).toMatch(/^\$?[a-z]+(_[a-z]+)*$/)
  })

  test('is found by its name in each vocabulary', () => {
    for (const name of Object.values(definition.vocabularies)) {
      const normalised = String(name)
        .replace(/([a-z])([A-Z])/g, '$1_$2')
        .replace(/\s+/g, '_')
        .toLowerCase()
      expect([definition.name, ...definition.aliases]).toContain(normalised)
    }
  })
})

describe('the catalogue', () => {
  test('has 34 events, each under its own name', () => {
    expect(names).toHaveLength(34)
    expect(definitions.map(({ name }) => name)).toEqual(names)
  })

  test('has no alias that names two events, is an event itself, or is protected', () => {
    const aliases = definitions.flatMap((definition) => definition.aliases)
    expect(new Set(aliases).size).toBe(aliases.length)
    expect(aliases.filter((alias) => catalogue.has(alias) || protectedNames.has(alias))).toEqual([])
    expect(names.filter((name) => protectedNames.has(name))).toEqual([])
  })

  test('uses a word for one kind of value, whatever the event', () => {
    const kinds = new Map<string, Set<string>>()
    for (const definition of definitions) {
      for (const { name, kind } of describeProperties(definition.properties.entries)) {
        // A word of a closed list is text to whoever reads it.
        kinds.set(name, (kinds.get(name) ?? new Set()).add(kind === 'word' ? 'text' : kind))
      }
    }
    expect([...kinds].filter(([, each]) => each.size > 1)).toEqual([])
  })

  test('has no property that could be taken for a part of the event', () => {
    expect(eventParts.filter((part) => allProperties.has(part))).toEqual([])
  })

  test('derives only what nobody can see happen', () => {
    expect(definitions.filter(({ derived }) => derived).map(({ name }) => name)).toEqual(['cart_abandoned'])
  })
})

describe('the aliases of properties', () => {
  test('lead to properties of the catalogue', () => {
    expect([...propertyAliases.keys()].filter((name) => !allProperties.has(name))).toEqual([])
  })

  test('lead to one property each', () => {
    const aliases = [...propertyAliases.values()].flat()
    expect(new Set(aliases).size).toBe(aliases.length)
  })
})
