import fc from 'fast-check'
import { expect, test } from 'vitest'
import { capture, clock, createSeal, type Sealed } from '../../src/capture/seal.ts'
import { encodeBatch } from '../../src/delivery/encode-batch.ts'
import { nobody } from '../../src/identity/identity.ts'
import { version } from '../../src/version.ts'
import { sealed } from '../builders.ts'

const page = (url: string) => ({ url, title: null, referrer: null })
const who = { anonymous_id: 'a', user_id: 'u', traits: null, session: { id: 's', index: 1 } }
const captureAt = (name: string, properties: unknown, url: string, at: number) => {
  clock.now = () => [at, url]
  return capture(name, properties, { current: page, begin: () => {} })
}
const seal = createSeal()
const bytes = (text: string) => new TextEncoder().encode(text).length
const parsed = (events: readonly Sealed[], maxBytes = 1_000_000) => {
  const [body, batch] = encodeBatch('wk', { expired: 2 }, events, maxBytes)
  return { ...JSON.parse(body), batch }
}

test('a batch says who sends it, when, and what was given up', () => {
  expect(parsed([sealed()])).toMatchObject({
    write_key: 'wk',
    sent_at: expect.any(Number),
    tracker: { name: '@footfall/browser', version },
    dropped: { expired: 2 },
  })
})

test('what was captured stands on the wire, whatever context an event was captured in', () => {
  const anyEvent = fc.record({
    name: fc.string(),
    properties: fc.dictionary(fc.string(), fc.jsonValue()),
    url: fc.constantFrom('https://shop.example/1', 'https://shop.example/"2"'),
    isKnown: fc.boolean(),
  })
  fc.assert(
    fc.property(fc.array(anyEvent, { minLength: 1, maxLength: 8 }), (events) => {
      const captured = events.map(({ name, properties, url, isKnown }, index) =>
        seal(captureAt(name, properties, url, 1_000 + index), isKnown ? who : nobody, {}),
      )
      const batch = parsed(captured)
      // What `JSON.stringify` does to the properties (-0, `__proto__` as a key) is part of what is on the wire.
      const asJson = JSON.parse(JSON.stringify(events)) as typeof events
      batch.events.forEach((event: object, index: number) => {
        const { name, properties, url, isKnown } = asJson[index] ?? events[0] ?? expect.fail()
        expect({ ...batch.shared, ...event }).toEqual({
          ...(isKnown ? who : nobody),
          id: captured[index]?.id,
          name,
          properties,
          occurred_at: 1_000 + index,
          age_ms: expect.any(Number),
          page: page(url),
          consent: {},
        })
      })
    }),
  )
})

test('an event of an earlier page has no age, and carries the number the queue gave it', () => {
  const event = { ...seal(captureAt('logged_in', {}, '/', 1), who, {}), origin: -1, seq: 7 }
  expect(parsed([event]).events).toEqual([{ id: event.id, name: 'logged_in', occurred_at: 1, properties: {}, seq: 7 }])
})

test('properties that were left out are no part of the event', () => {
  const [event] = parsed([seal(captureAt('logged_in', undefined, '/', 1), who, {})]).events
  expect(event).not.toHaveProperty('properties')
})

const anyQueue = (): fc.Arbitrary<Sealed[]> =>
  fc.array(
    fc
      .record({ title: fc.string({ unit: 'grapheme', maxLength: 200 }), context: fc.constantFrom('{"a":1}', '{"b":"ü"}') })
      .map(({ title, context }) => sealed({ context, event: JSON.stringify({ id: 'x', title }).slice(0, -1), seq: 123_456 })),
    { minLength: 1, maxLength: 40 },
  )
const anyLimit = () => fc.integer({ min: 1, max: 4_000 })

test('cutting again and again loses nothing and keeps the order', () => {
  fc.assert(
    fc.property(anyQueue(), anyLimit(), (queue, maxBytes) => {
      const sent: Sealed[] = []
      for (let rest: readonly Sealed[] = queue; rest.length > 0; ) {
        const { batch, events } = parsed(rest, maxBytes)
        expect(batch.length).toBeGreaterThan(0)
        expect(events).toHaveLength(batch.length)
        sent.push(...batch)
        rest = rest.slice(batch.length)
      }
      expect(sent).toEqual(queue)
    }),
  )
})

test('the events of a batch fit its limit in UTF-8 bytes, unless there is only one', () => {
  fc.assert(
    fc.property(anyQueue(), anyLimit(), (queue, maxBytes) => {
      const [body, batch] = encodeBatch('wk', {}, queue, maxBytes)
      const events = body.slice(body.indexOf('"events":[') + '"events":['.length, -2)
      if (batch.length > 1) expect(bytes(events)).toBeLessThanOrEqual(maxBytes)
    }),
  )
})

test('a batch is the longest that fits', () => {
  const queue = Array.from({ length: 10 }, () => sealed())
  const [whole] = encodeBatch('wk', {}, queue, 100_000)
  expect(parsed(queue).events).toHaveLength(10)
  expect(parsed(queue, bytes(whole) / 2).events.length).toBeGreaterThanOrEqual(4)
})
