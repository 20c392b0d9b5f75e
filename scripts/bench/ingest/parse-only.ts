import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gunzipSync } from 'node:zlib'
import { answerQuestions } from './processes.ts'

// The least that a collector in Node can be: it reads the body, parses it and answers. It looks at nothing and keeps nothing.
const server = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    const body = Buffer.concat(chunks)
    const { events } = JSON.parse((body[0] === 0x1f ? gunzipSync(body) : body).toString()) as { events: unknown[] }
    const receipt = JSON.stringify({ accepted: events.length, duplicate: 0 })
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': receipt.length })
    response.end(receipt)
  })
})

answerQuestions({
  async open() {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return (server.address() as AddressInfo).port // it listens on a port
  },
})
