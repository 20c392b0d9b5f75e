import { gzipSync } from 'node:zlib'
import { envelope } from '@footfall/testkit/builders'
import { expect, test } from 'vitest'
import { startCollector, writeKey } from '../start-collector.ts'
import { ask, post, saidIn } from './wire.ts'

const names = 20_000

/** Names that fell together in an engine whose hash of a number was the number, or of a text its length, its ends or a plain sum. */
const kinds: Readonly<Record<string, (index: number) => string>> = {
  'whole numbers, one after the other': (index) => String(index),
  'whole numbers that end in the same bits': (index) => String((index * 65_536) % 4_294_967_295),
  'whole numbers beyond those of lists': (index) => String(4_294_967_296 + index * 65_536),
  'numbers with leading zeros': (index) => String(index).padStart(12, '0'),
  'one length, one end': (index) => `${index.toString(36).padStart(6, '0')}${'x'.repeat(40)}`,
  'one length, one beginning': (index) => `${'x'.repeat(40)}${index.toString(36).padStart(6, '0')}`,
  // `Aa` and `BB` have one sum in many a hash.
  'pairs of letters of one sum': (index) =>
    [...index.toString(2).padStart(16, '0')].map((bit) => (bit === '1' ? 'Aa' : 'BB')).join(''),
}

/** No two runs have the same, and nobody could have chosen them. */
const anyName = (): string => crypto.randomUUID()

function bodyOf(nameOf: (index: number) => string): Uint8Array {
  const fields = Array.from({ length: names }, (_, index) => `${JSON.stringify(nameOf(index))}:1`)
  const event = JSON.stringify({ ...envelope(), id: crypto.randomUUID(), properties: 0 })
  const full = event.replace('"properties":0', `"properties":{${fields.join(',')}}`)
  return gzipSync(`{"write_key":"${writeKey}","events":[${full}]}`)
}

test('names of fields that could fall together cost no more than any others', async () => {
  const { url } = await startCollector({ store: 'memory' })
  /** Of this process, of which the collector is part: what else a machine has to do counts for nothing. */
  const costOf = async (nameOf: (index: number) => string): Promise<number> => {
    const request = post('/v1/events', bodyOf(nameOf))
    const before = process.cpuUsage()
    const answer = await ask(url, request)
    const { user, system } = process.cpuUsage(before)
    expect(saidIn(answer)).toMatchObject({ quarantined: 1, problems: [{ code: 'too_many_keys' }] })
    return user + system
  }
  await costOf(anyName)
  const anyCost = Math.min(await costOf(anyName), await costOf(anyName))
  for (const [kind, nameOf] of Object.entries(kinds)) {
    // Whatever else the process does once, it does not each time. Names that all fell together would cost a hundred times as much.
    const costs = [await costOf(nameOf), await costOf(nameOf), await costOf(nameOf)]
    expect(Math.min(...costs) / anyCost, kind).toBeLessThan(5)
  }
})
