import { connect, type Socket } from 'node:net'
import { gunzipSync } from 'node:zlib'

/** An answer as it came over the socket. */
export interface Answer {
  readonly status: number
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

/** A socket of its own, which says nothing by itself. */
export function dial(url: string): Socket {
  const { hostname, port } = new URL(url)
  const socket = connect({ port: Number(port), host: hostname, allowHalfOpen: true })
  // Who is cut off learns it by the end of what is read.
  return socket.on('error', () => {}).on('end', () => socket.end())
}

/** Sends bytes as they are, and reads until so many answers have come or the other side closes. */
export async function exchange(
  url: string,
  count: number,
  ...pieces: readonly (string | Uint8Array)[]
): Promise<readonly Answer[]> {
  const socket = dial(url)
  const chunks: Buffer[] = []
  for (const piece of pieces) socket.write(piece)
  try {
    for await (const chunk of socket as AsyncIterable<Buffer>) {
      chunks.push(chunk)
      const answers = answersIn(Buffer.concat(chunks))
      if (answers.length >= count) return answers
    }
  } catch {
    // Cut off: what came counts.
  } finally {
    socket.destroy()
  }
  return answersIn(Buffer.concat(chunks))
}

/** Sends what may be no request, waits until nothing more comes, closes its own side, and reads until the other one is closed, too. */
export async function blurt(url: string, bytes: Uint8Array, silenceMs = 150): Promise<readonly Answer[]> {
  const socket = dial(url)
  const all = read(socket)
  socket.setTimeout(silenceMs, () => socket.end())
  socket.write(bytes)
  return answersIn(await all)
}

/** Everything that comes until the other side closes. */
export function read(socket: Socket): Promise<Buffer> {
  const { promise, resolve } = Promise.withResolvers<Buffer>()
  const chunks: Buffer[] = []
  socket.on('data', (chunk) => chunks.push(chunk))
  socket.on('close', () => resolve(Buffer.concat(chunks)))
  return promise
}

/** The answers in what was read. One that was cut off is left out. */
export function answersIn(bytes: Buffer): readonly Answer[] {
  const answers: Answer[] = []
  let at = 0
  for (;;) {
    const headEnd = bytes.indexOf('\r\n\r\n', at)
    if (headEnd === -1) return answers
    const [first = '', ...lines] = bytes.toString('latin1', at, headEnd).split('\r\n')
    const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(first)?.[1])
    const headers = Object.fromEntries(
      lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
    )
    const found = bodyAt(bytes, headEnd + 4, status, headers)
    if (found === null) return answers
    at = found.end
    if (status >= 200) answers.push({ status, headers, body: found.body })
  }
}

function bodyAt(
  bytes: Buffer,
  at: number,
  status: number,
  headers: Readonly<Record<string, string>>,
): { readonly body: Buffer; readonly end: number } | null {
  if (status < 200 || status === 204 || status === 304) return { body: Buffer.alloc(0), end: at }
  // A stream has no end: what has come of it counts.
  if (headers['content-type']?.startsWith('text/event-stream') === true) return { body: bytes.subarray(at), end: bytes.length }
  if (headers['transfer-encoding'] !== 'chunked') {
    const end = headers['content-length'] === undefined ? bytes.length : at + Number(headers['content-length'])
    return end > bytes.length ? null : { body: bytes.subarray(at, end), end }
  }
  const chunks: Buffer[] = []
  for (let next = at; ; ) {
    const lineEnd = bytes.indexOf('\r\n', next)
    if (lineEnd === -1) return null
    const size = Number.parseInt(bytes.toString('latin1', next, lineEnd), 16)
    if (size === 0) return { body: Buffer.concat(chunks), end: lineEnd + 4 }
    chunks.push(bytes.subarray(lineEnd + 2, lineEnd + 2 + size))
    next = lineEnd + 2 + size + 2
  }
}

export const textOf = ({ headers, body }: Answer): string =>
  (headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body).toString()

/** What a page would be told, or the code of a refusal. */
export function saidIn(answer: Answer): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(textOf(answer)) as Record<string, unknown>
  } catch {
    return {}
  }
}

/** A request with a body, as a client that is in its senses writes it. */
export function post(path: string, body: string | Uint8Array, headers: Readonly<Record<string, string>> = {}): Buffer {
  const bytes = Buffer.from(body as string) // either way
  const lines = Object.entries({ Host: 'x', 'Content-Type': 'text/plain', ...headers, 'Content-Length': String(bytes.length) })
  const head = [`POST ${path} HTTP/1.1`, ...lines.map(([name, value]) => `${name}: ${value}`)].join('\r\n')
  return Buffer.concat([Buffer.from(`${head}\r\n\r\n`, 'latin1'), bytes])
}

/** One request, one answer. */
export async function ask(url: string, request: string | Uint8Array): Promise<Answer> {
  const [answer] = await exchange(url, 1, request)
  if (answer === undefined) throw new Error('there was no answer')
  return answer
}
