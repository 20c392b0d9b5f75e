import { defineEvent } from './define-event.ts'
import { optional, required } from './field.ts'
import { Count, Identifier, oneOf } from './value.ts'

export const storeVisited = defineEvent({
  name: 'store_visited',
  meaning: 'Somebody came into a store.',
  properties: {
    store_id: required(Identifier, 'The store.'),
    detection: optional(oneOf(['checkin', 'wifi', 'beacon', 'loyalty', 'unknown']), 'How it was noticed.'),
    dwell_seconds: optional(Count, 'How long the visit lasted, in seconds.'),
  },
  defaults: { detection: 'unknown' },
  aliases: ['store_visit', 'visited_store', 'in_store_visit'],
})
