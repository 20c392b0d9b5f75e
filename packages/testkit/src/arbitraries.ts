import { limits } from '@footfall/events'
import * as fc from 'fast-check'

/** Any JSON that somebody might send where a batch is expected. */
export const anyJson = (): fc.Arbitrary<unknown> => fc.jsonValue({ maxDepth: limits.maxDepth + 2 })

/** Text as hostile as text gets: controls, lone surrogates, names of prototypes, markup, formulas. */
export const hostileText = (): fc.Arbitrary<string> =>
  fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom(
      '__proto__',
      'constructor',
      'toString',
      '\u0000',
      '\ud800',
      "'; DROP TABLE events;--",
      '<script>alert(1)</script>',
      '=1+1',
      '',
    ),
  )

/** Properties of an event: small, flat or nested, sometimes hostile. */
export const anyProperties = (): fc.Arbitrary<Record<string, unknown>> =>
  fc.dictionary(hostileText(), fc.oneof(fc.jsonValue({ maxDepth: 2 }), hostileText()), { maxKeys: 6 })
