import { gzipSync } from 'node:zlib'
import { batches, type VisitsPlan } from './visits.ts'

/** A request as it stands on the wire. */
export interface Request {
  readonly bytes: Buffer
  readonly body: Buffer
  readonly events: number
}

export function requestsOf(plan: VisitsPlan, isGzip: boolean): readonly Request[] {
  return [...batches(plan)].map((batch) => {
    const json = Buffer.from(JSON.stringify(batch))
    const body = isGzip ? gzipSync(json) : json
    const head = [
      'POST /v1/events HTTP/1.1',
      'host: 127.0.0.1',
      'content-type: text/plain;charset=UTF-8',
      `user-agent: ${userAgent}`,
      'accept: */*',
      'accept-language: en',
      'origin: https://shop.example',
      `content-length: ${body.length}`,
    ]
    return { bytes: Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), body]), body, events: plan.perBatch }
  })
}

const userAgent =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36'
