import { gzipSync } from 'node:zlib'
import { limits } from '@footfall/events'
import { expect, test } from 'vitest'
import { announcedBytes } from '../../src/ingest/decode.ts'

const text = Buffer.from('{"events":[]}'.repeat(1000))
const packed = gzipSync(text)
const lying = (bytes: number): Buffer => {
  const body = Buffer.from(packed)
  body.writeUInt32LE(bytes, body.byteLength - 4)
  return body
}

test.each([
  { name: 'plain', body: text, bytes: text.byteLength },
  { name: 'gzip', body: packed, bytes: text.byteLength },
  {
    name: 'gzip in the middle of a larger buffer',
    body: Buffer.concat([text, packed, text]).subarray(text.byteLength, -text.byteLength),
    bytes: text.byteLength,
  },
  { name: 'gzip that says too much', body: lying(0xffff_ffff), bytes: limits.maxInflatedBytes },
  { name: 'gzip that says too little', body: lying(0), bytes: packed.byteLength },
  { name: 'the beginning of gzip', body: packed.subarray(0, 3), bytes: 3 },
  { name: 'nothing', body: Buffer.alloc(0), bytes: 0 },
])('how large a body says that it is: $name', ({ body, bytes }) => {
  expect(announcedBytes(body)).toBe(bytes)
})
