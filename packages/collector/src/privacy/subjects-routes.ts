import { limits } from '@footfall/events'
import type { Context } from 'hono'
import type { Project } from '../config.ts'
import { csvRow } from '../csv.ts'
import { type Refusal, refuse } from '../errors.ts'
import type { Store } from '../sinks/sink.ts'
import { type Erasure, receiptOfErasure } from './erasure.ts'
import { subjectCells, subjectColumns } from './subjects-csv.ts'
import { headOf, type SubjectPage } from './subjects-export.ts'

/** What the two routes need, and whom they tell. Nobody hears an id. */
export interface SubjectPorts {
  readonly store: Store
  readonly now: () => number
  /** Hears of an export when it begins. */
  readonly onExport: (project: Project) => void
  readonly onErasure: (project: Project, erasure: Erasure) => void
  readonly onError: (error: unknown) => void
}

const rowsPerPage = 200

/** `GET /v1/subjects/{id}`: everything that is known about somebody, as JSON lines or CSV, page by page as fast as it is read. */
export async function exportSubject(c: Context, project: Project, ports: SubjectPorts): Promise<Response | Refusal> {
  const id = subjectId(c)
  if (typeof id !== 'string') return id
  const format = c.req.query('format') ?? 'jsonl'
  if (format !== 'jsonl' && format !== 'csv') return refuse('bad_parameter', 'format is neither jsonl nor csv.')
  await ports.store.ready
  const ask = { project: project.id, id, limit: rowsPerPage }
  // The first page before the first byte: what is wrong by then is told as it is elsewhere.
  const first = await ports.store.subject({ ...ask, after: null })
  ports.onExport(project)
  const lines = linesOf(id, project, ports, first)
  return new Response(streamOf(lines, format === 'csv' ? csvText : jsonText, ports.onError), {
    headers: {
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'content-type': format === 'csv' ? 'text/csv; charset=utf-8' : 'application/jsonl; charset=utf-8',
      'content-disposition': `attachment; filename="subject.${format}"`,
    },
  })
}

/** `DELETE /v1/subjects/{id}`: erases somebody, and answers when it is done. */
export async function eraseSubject(c: Context, project: Project, ports: SubjectPorts): Promise<Response | Refusal> {
  const id = subjectId(c)
  if (typeof id !== 'string') return id
  await ports.store.ready
  const erasure = await ports.store.erase({ project: project.id, id, at: ports.now() })
  ports.onErasure(project, erasure)
  return Response.json(receiptOfErasure(erasure), {
    headers: { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' },
  })
}

function subjectId(c: Context): string | Refusal {
  // As the store has them: a half of a surrogate pair stands in no id.
  const id = (c.req.param('id') ?? '').toWellFormed()
  return id !== '' && id.length <= limits.maxIdLength
    ? id
    : refuse(
        'bad_parameter',
        `An id has 1 to ${limits.maxIdLength} characters; percent-encode those that are special in addresses.`,
      )
}

type Line = Readonly<Record<string, unknown>> & { readonly kind: string }

/** Lines in groups: who is meant, all that is known, and at the end how much it was, which shows that nothing was cut off. */
async function* linesOf(
  id: string,
  project: Project,
  { store, now }: SubjectPorts,
  first: SubjectPage,
): AsyncGenerator<readonly Line[], void> {
  const counts: Record<string, number> = {}
  const counted = (lines: readonly Line[]): readonly Line[] => {
    for (const { kind } of lines) counts[kind] = (counts[kind] ?? 0) + 1
    return lines
  }
  yield [headOf(id, first, now())]
  for (let page = first; ; ) {
    yield counted(page.rows.map((row) => ({ ...row })))
    if (page.next === null) break
    page = await store.subject({ project: project.id, id, limit: rowsPerPage, after: page.next })
  }
  const { users, devices } = first.known
  const own = [...users, ...devices.filter(({ isShared }) => !isShared).map((device) => device.id)]
  for (const subject of new Set([id, ...own])) {
    for (let after: number | null = 0; after !== null; ) {
      const { entries, next } = await store.consentOf(project.id, subject, { limit: rowsPerPage, after })
      yield counted(entries.map((entry) => ({ kind: 'consent', ...entry })))
      after = next
    }
  }
  yield [{ kind: 'end', counts }]
}

type Text = (lines: readonly Line[], isFirst: boolean) => string

const jsonText: Text = (lines) => lines.map((line) => `${JSON.stringify(line)}\n`).join('')

const csvText: Text = (lines, isFirst) =>
  (isFirst ? csvRow(subjectColumns) : '') + lines.map((line) => csvRow(subjectCells(line))).join('')

/** Takes the next page only when the one before has been read: however much is known about somebody, little of it is in memory. */
function streamOf(lines: AsyncGenerator<readonly Line[], void>, text: Text, onError: (error: unknown) => void): ReadableStream {
  const encoder = new TextEncoder()
  let isFirst = true
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          for (;;) {
            const { done, value } = await lines.next()
            if (done === true) return controller.close()
            if (value.length === 0) continue
            controller.enqueue(encoder.encode(text(value, isFirst)))
            isFirst = false
            return
          }
        } catch (cause) {
          onError(cause)
          // The connection breaks off, and the last line is missing: nobody takes it for the whole.
          controller.error(cause)
        }
      },
      async cancel() {
        await lines.return()
      },
    },
    { highWaterMark: 0 },
  )
}
