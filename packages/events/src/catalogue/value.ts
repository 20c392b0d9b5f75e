import * as v from 'valibot'
import * as limits from '../limits.ts'

/** The shop's identifier: always text, because numbers lose leading zeros and 64-bit ids. */
export const Identifier = v.pipe(
  v.string(),
  v.nonEmpty(),
  v.maxLength(limits.maxIdLength),
  v.title('identifier'),
  v.description(
    `The shop's own identifier, 1 to ${limits.maxIdLength} characters. Always text: a number loses leading zeros and cannot hold 64 bits.`,
  ),
)

export const Text = v.pipe(
  v.string(),
  v.title('text'),
  v.description('Any text. No names, addresses or telephone numbers of people.'),
)

export const Url = v.pipe(
  v.string(),
  v.title('URL'),
  v.description(`An address. Longer than ${limits.maxUrlLength} characters it is cut.`),
)

export const Flag = v.pipe(
  v.boolean(),
  v.title('boolean'),
  v.description('`true` or `false`. Not known is left out, not `false`.'),
)

/** How many there are, from 0. */
export const Count = v.pipe(
  v.number(),
  v.integer(),
  v.minValue(0),
  v.title('count'),
  v.description('Whole number from 0. Not known is left out, not 0.'),
)

/** How many pieces, from 1. Weights and lengths are no quantities. */
export const Quantity = v.pipe(
  v.number(),
  v.integer(),
  v.minValue(1),
  v.title('quantity'),
  v.description('Whole number of pieces, from 1. Weights and lengths are no quantities.'),
)

/** Place in a sequence, from 1. */
export const Ordinal = v.pipe(
  v.number(),
  v.integer(),
  v.minValue(1),
  v.title('ordinal'),
  v.description('Place in a sequence, a whole number from 1.'),
)

/** A moment in UTC. */
export const Moment = v.pipe(
  v.string(),
  v.isoTimestamp(),
  v.title('moment'),
  v.description('ISO 8601 in UTC: `2026-11-21T18:00:00.456Z`.'),
)

/** Names a person without telling who it is to those who do not know already; still personal data. */
export const Hash = v.pipe(
  v.string(),
  v.regex(/^[0-9a-fA-F]{64}$/),
  v.title('hash'),
  v.description(
    'SHA-256 in hexadecimal, of the trimmed text in lower case. Clear text is refused. A hash is personal data all the same.',
  ),
)

/** One of a closed list of words. */
export const oneOf = <const W extends readonly [string, ...string[]]>(words: W) =>
  v.pipe(v.picklist(words), v.title('word'), v.description(`One of ${words.map((word) => `\`${word}\``).join(', ')}.`))
