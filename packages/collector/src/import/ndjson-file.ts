import { openText } from './decoded-text.ts'
import { badImport, type EventLine, type EventsFile, type OpenOptions } from './source-file.ts'

/** Longer than any event may be, in characters. */
const maxLineLength = 1_048_576

/** Opens a file with one JSON object a line. What the importer itself wrote between them, the reasons of a file of rejected rows, is no event. */
export async function openNdjson(file: string, { encoding }: OpenOptions): Promise<EventsFile> {
  const text = await openText(file, encoding)
  return { kind: 'events', writing: `one JSON object a line, ${text.encoding}`, rows }

  async function* rows(): AsyncGenerator<EventLine> {
    let line = 0
    for await (const content of lines()) {
      line += 1
      if (content.trim() === '') continue
      const event = objectIn(content)
      if (event === null || !isReason(event)) yield { line, text: content, event }
    }
  }

  async function* lines(): AsyncGenerator<string> {
    let rest = ''
    for await (const piece of text.pieces()) {
      const parts = (rest + piece).split('\n')
      rest = parts.pop() ?? ''
      if (rest.length > maxLineLength) throw badImport(`${file} has a line of more than ${maxLineLength} characters.`)
      yield* parts
    }
    if (rest !== '') yield rest
  }
}

const isReason = (event: Readonly<Record<string, unknown>>): boolean =>
  Object.hasOwn(event, 'footfall_reason') && Object.keys(event).every((key) => key.startsWith('footfall_'))

function objectIn(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : null
  } catch {
    return null // told with the line that it stands in
  }
}
