import { connect, type Socket } from 'node:net'

/** What came back. */
export interface Response {
  readonly status: number
  readonly body: string
}

/** One connection that is kept: a request at a time. Costs a fraction of `node:http`, since the load is made on the same processors. */
export interface Client {
  send(bytes: Buffer): Promise<Response>
  close(): void
}

export async function openClient(port: number): Promise<Client> {
  const socket: Socket = connect({ host: '127.0.0.1', port, noDelay: true })
  await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject))
  let received = ''
  let waiting: PromiseWithResolvers<Response> | null = null
  const giveUp = (cause: Error): void => {
    waiting?.reject(cause)
    waiting = null
  }
  socket.setEncoding('latin1')
  socket.on('error', giveUp)
  socket.on('close', () => giveUp(new Error('the connection was closed')))
  socket.on('data', (text: string) => {
    received += text
    const response = responseIn(received)
    if (response === null || waiting === null) return
    received = ''
    waiting.resolve(response)
    waiting = null
  })
  return {
    send(bytes) {
      waiting = Promise.withResolvers<Response>()
      socket.write(bytes)
      return waiting.promise
    },
    close: () => socket.destroy(),
  }
}

/** Only what the bench's servers answer: a length, and no parts. */
function responseIn(text: string): Response | null {
  const end = text.indexOf('\r\n\r\n')
  if (end < 0) return null
  const length = Number(/^content-length: *(\d+)/im.exec(text)?.[1] ?? 0)
  const body = text.slice(end + 4)
  return body.length < length ? null : { status: Number(text.slice(9, 12)), body }
}
