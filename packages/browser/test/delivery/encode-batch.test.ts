import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { captureEvent, seal } from '../../src/capture/seal.ts'
import { encodeBatch } from '../../src/delivery/encode-batch.ts'
import { nobody } from '../../src/identity/identity.ts'

const frame = { write_key: 'wk', tracker: { name: 'test', version: '1' }, dropped: { expired: 2 } }
const page = (url: string) => ({ url, title: null, referrer: null })
const who = { anonymous_id: 'a', user_id: 'u', traits: null, session: { id: 's', index: 1 } }

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
        seal(captureEvent(`id-${index}`, name, 'analytics', properties, page(url), 1_000 + index), isKnown ? who : nobody, {}),
      )
      const batch = JSON.parse(encodeBatch(frame, captured))
      expect(batch).toMatchObject(frame)
      // What `JSON.stringify` does to the properties (-0, `__proto__` as a key) is part of what is on the wire.
      const asJson = JSON.parse(JSON.stringify(events)) as typeof events
      batch.events.forEach((event: object, index: number) => {
        const { name, properties, url, isKnown } = asJson[index] ?? events[0] ?? expect.fail()
        expect({ ...batch.shared, ...event }).toEqual({
          ...(isKnown ? who : nobody),
          id: `id-${index}`,
          name,
          properties,
          occurred_at: 1_000 + index,
          age_ms: expect.any(Number),
          page: page(url),
          consent: {},
          channel: 'web',
        })
      })
    }),
  )
})

test('an event of an earlier page has no age, and carries the number the queue gave it', () => {
  const event = { ...seal(captureEvent('id', 'logged_in', 'analytics', {}, page('/'), 1), who, {}), origin: -1, seq: 7 }
  const [first] = JSON.parse(encodeBatch(frame, [event])).events
  expect(first).toEqual({ id: 'id', name: 'logged_in', occurred_at: 1, properties: {}, seq: 7 })
})

test('properties that were left out are no part of the event', () => {
  const [event] = JSON.parse(encodeBatch(frame, [seal(captureEvent('id', 'logged_in', 'analytics', undefined, page('/'), 1), who, {})])).events
  expect(event).not.toHaveProperty('properties')
})
