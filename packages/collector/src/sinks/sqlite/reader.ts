import { parentPort, workerData } from 'node:worker_threads'
import { openForReading, readable } from './open.ts'
import type { FromWorker, Reply, ToReader } from './protocol.ts'
import { createRead } from './read.ts'

/** What the reader's thread is started with. */
export interface ReaderData {
  readonly folder: string
}

const { folder } = workerData as ReaderData
const port = parentPort
if (port === null) throw new Error('reader.ts runs in a worker thread')

const send = (message: FromWorker): void => port.postMessage(message)

try {
  const db = openForReading(folder)
  const read = createRead(db)
  port.on('message', (message: ToReader | { readonly id: number; readonly kind: 'close' }) => {
    if (message.kind === 'close') {
      db.close()
      send({ kind: 'replies', replies: [{ id: message.id, answer: null }] })
      port.close()
      return
    }
    send({ kind: 'replies', replies: [answer(message)] })
  })
  send({ kind: 'ready' })

  function answer({ id, kind, ask }: ToReader): Reply {
    try {
      return { id, answer: read[kind](ask as never) } // kind and ask belong together: see `Questions`
    } catch (cause) {
      const { code, message } = readable(cause, folder, 'read')
      return { id, failure: { code, message } }
    }
  }
} catch (cause) {
  const { code, message } = readable(cause, folder, 'opened')
  send({ kind: 'failed', failure: { code, message } })
  port.close()
}
