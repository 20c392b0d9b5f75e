import { ga4 } from './ga4.ts'
import { own } from './own.ts'
import { segment } from './segment.ts'
import { shopify } from './shopify.ts'
import { snowplow } from './snowplow.ts'
import type { Vocabulary } from './told.ts'

export type { Told, Vocabulary } from './told.ts'
export { own }

/** The five that shops' events come in. */
export const vocabularies = { own, segment, ga4, shopify, snowplow } as const satisfies Readonly<Record<string, Vocabulary>>
