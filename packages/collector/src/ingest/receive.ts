import type { IncomingMessage } from 'node:http'
import type { Context } from 'hono'
import { type Refusal, refuse } from '../errors.ts'

/** What the node server puts in a request's environment; absent under other servers and in `app.request()`. */
export interface NodeBindings {
  readonly incoming?: IncomingMessage
}

/** Takes so many bytes into account; a refusal where there is no room for them. */
export type Hold = (bytes: number) => Refusal | null

export type Body = { readonly kind: 'received'; readonly bytes: Uint8Array } | Refusal

/**
 * Reads a request's body as it comes in, and stops as soon as it is larger than `maxBytes`: no more than that is ever held.
 *
 * @param hold is asked before a chunk is held. Its no is the refusal.
 */
export async function receive(c: Context, maxBytes: number, hold: Hold = () => null): Promise<Body> {
  const announced = Number(c.req.header('content-length') ?? 0)
  if (announced > maxBytes) return tooLarge(maxBytes)
  const { incoming } = (c.env ?? {}) as NodeBindings
  // Reading the socket's own stream spares every request two conversions. Whatever a host's middleware has touched is read its way.
  const isUntouched = incoming !== undefined && !incoming.readableDidRead && !c.req.raw.bodyUsed && isEmpty(c.req.bodyCache)
  try {
    return isUntouched ? await readIncoming(incoming, maxBytes, hold) : await readWeb(c, maxBytes, hold)
  } catch {
    return refuse('undecodable', 'The connection ended before the whole body had arrived; send it again.')
  }
}

const isEmpty = (cache: object): boolean => Object.keys(cache).length === 0

const tooLarge = (maxBytes: number): Refusal =>
  refuse('body_too_large', `The body is larger than ${maxBytes} bytes; send fewer events at a time.`)

function readIncoming(incoming: IncomingMessage, maxBytes: number, hold: Hold): Promise<Body> {
  const { promise, resolve, reject } = Promise.withResolvers<Body>()
  const chunks: Uint8Array[] = []
  let size = 0
  const stop = (): void => {
    incoming.off('data', take).off('end', end).off('error', reject).off('close', cutOff)
  }
  const take = (chunk: Uint8Array): void => {
    size += chunk.byteLength
    const refused = size > maxBytes ? tooLarge(maxBytes) : hold(chunk.byteLength)
    if (refused === null) {
      chunks.push(chunk)
      return
    }
    stop()
    // The server drains or cuts what still comes, once the refusal is sent.
    incoming.pause()
    resolve(refused)
  }
  const end = (): void => {
    stop()
    resolve({ kind: 'received', bytes: joined(chunks, size) })
  }
  const cutOff = (): void => {
    stop()
    reject(new Error('the connection was closed'))
  }
  incoming.on('data', take).on('end', end).on('error', reject).on('close', cutOff)
  return promise
}

async function readWeb(c: Context, maxBytes: number, hold: Hold): Promise<Body> {
  if (!isEmpty(c.req.bodyCache)) {
    const bytes = new Uint8Array(await c.req.arrayBuffer())
    return bytes.byteLength > maxBytes ? tooLarge(maxBytes) : { kind: 'received', bytes }
  }
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of c.req.raw.body ?? []) {
    size += chunk.byteLength
    const refused = size > maxBytes ? tooLarge(maxBytes) : hold(chunk.byteLength)
    if (refused !== null) return refused
    chunks.push(chunk)
  }
  return { kind: 'received', bytes: joined(chunks, size) }
}

function joined(chunks: readonly Uint8Array[], size: number): Uint8Array {
  const [only] = chunks
  return chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks, size)
}
