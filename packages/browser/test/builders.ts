import { nextId } from '@footfall/testkit/builders'
import type { Sealed } from '../src/capture/seal.ts'

/** An event as it waits in a queue; say only what matters to the test. */
export const sealed = (differs: Partial<Sealed> = {}): Sealed => {
  const id = differs.id ?? nextId()
  return {
    id,
    purpose: 'analytics',
    event: JSON.stringify({ id, name: 'product_viewed', occurred_at: 1, properties: { product_id: 'A-1' } }).slice(0, -1),
    context: '{"anonymous_id":"visitor-1"}',
    owner: 'visitor-1',
    at: 1,
    born: 0,
    origin: 0,
    ...differs,
  }
}
