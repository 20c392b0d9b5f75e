import type { Readable } from 'node:stream'
import { crc32 } from 'node:zlib'
import { SaxesParser } from 'saxes'
import { type Entry, openPromise, type ZipFile } from 'yauzl'
import { badImport, type Cell, type OpenOptions, reasonOf, type TableFile, type TableRow } from './source-file.ts'

/** Texts that cells share are held in memory: more than these many characters are no list of events. */
const maxSharedLength = 256 * 2 ** 20
const maxSharedTexts = 10_000_000
/** As many columns as a workbook can have. */
const maxColumns = 16_384

/**
 * Opens a sheet of a workbook whose first row with anything in it is the header. The sheet is read a piece at a time, so that its length
 * does not matter; only the texts that cells share are held.
 *
 * Numbers stay numbers, days and times among them: a workbook counts them in days, which is what the source's unit says. An error such as
 * `#N/A` stays a text, and is no value.
 */
export async function openXlsx(file: string, { sheet }: OpenOptions): Promise<TableFile> {
  const book = await reading(file, (zip) => bookOf(zip))
  const chosen = sheet === undefined ? book.sheets[0] : book.sheets.find(({ name }) => name === sheet)
  if (chosen === undefined) {
    const names = book.sheets.map(({ name }) => `"${name}"`).join(', ')
    throw badImport(`${file} has no sheet ${sheet === undefined ? 'at all' : `"${sheet}"; it has ${names}`}.`)
  }
  const columns = await headerOf()
  const writing = `sheet "${chosen.name}"`
  return { kind: 'table', columns, writing, days: book.is1904 ? 'excel1904' : 'excel', separator: ';', rows }

  async function headerOf(): Promise<readonly string[]> {
    for await (const { cells } of allRows()) return cells.map((cell) => String(cell).trim())
    throw badImport(`${file} has nothing in its sheet "${chosen?.name}".`)
  }

  async function* rows(): AsyncGenerator<TableRow> {
    let isHeader = true
    for await (const row of allRows()) {
      if (!isHeader) yield row
      isHeader = false
    }
  }

  async function* allRows(): AsyncGenerator<TableRow> {
    const zip = await opened(file)
    try {
      yield* sheetRows(zip, chosen?.path ?? '')
    } catch (cause) {
      throw unreadable(file, cause)
    } finally {
      zip.close()
    }
  }
}

interface Book {
  readonly sheets: readonly { readonly name: string; readonly path: string }[]
  readonly is1904: boolean
}

async function bookOf(zip: ZipFile): Promise<Book> {
  const entries = await entriesOf(zip)
  const targets = new Map<string, string>()
  await scan(zip, entries.get('xl/_rels/workbook.xml.rels'), {
    open(name, { Id, Target }) {
      if (name === 'Relationship' && Id !== undefined && Target !== undefined) targets.set(Id, Target)
    },
  })
  const sheets: { name: string; path: string }[] = []
  let is1904 = false
  await scan(zip, entries.get('xl/workbook.xml'), {
    open(name, attributes) {
      if (name === 'workbookPr') is1904 = ['1', 'true'].includes(attributes.date1904 ?? '')
      const target = targets.get(attributes['r:id'] ?? '')
      if (name === 'sheet' && target !== undefined && attributes.name !== undefined)
        sheets.push({ name: attributes.name, path: pathOf(target) })
    },
  })
  return { sheets, is1904 }
}

const pathOf = (target: string): string => (target.startsWith('/') ? target.slice(1) : `xl/${target}`)

async function* sheetRows(zip: ZipFile, path: string): AsyncGenerator<TableRow> {
  const entries = await entriesOf(zip)
  const shared = await sharedTexts(zip, entries.get('xl/sharedStrings.xml'))
  const entry = entries.get(path)
  if (entry === undefined) throw new Error('the sheet is missing')

  let done: TableRow[] = []
  let line = 0
  let cells: Cell[] = []
  let at = 0
  let type = 'n'
  let value = ''
  let isInValue = false
  let isPhonetic = false
  const parser = parserOf({
    open(name, attributes) {
      if (name === 'row') {
        line = attributes.r === undefined ? line + 1 : Number(attributes.r)
        cells = []
        at = 0
      } else if (name === 'c') {
        at = attributes.r === undefined ? at : columnOf(attributes.r)
        if (at >= maxColumns) throw new Error('a cell lies beyond the last column')
        type = attributes.t ?? 'n'
        value = ''
      } else if (name === 'rPh') isPhonetic = true
      isInValue = name === 'v' || (name === 't' && !isPhonetic)
    },
    text(text) {
      if (isInValue) value += text
    },
    close(name) {
      isInValue = false
      if (name === 'rPh') isPhonetic = false
      else if (name === 'c') {
        const cell = cellOf(type, value, shared)
        while (cells.length < at) cells.push('')
        cells[at] = cell
        at += 1
      } else if (name === 'row' && cells.some((cell) => cell !== '')) done.push({ line, cells })
    },
  })
  for await (const piece of pieces(zip, entry)) {
    parser.write(piece)
    yield* done
    done = []
  }
  parser.close()
  yield* done
}

/** A number stays one where it is the number that was written: of longer ones a workbook has forgotten digits, and a text shows which are left. */
function cellOf(type: string, value: string, shared: readonly string[]): Cell {
  if (value === '') return ''
  switch (type) {
    case 's':
      return (shared[Number(value)] ?? '').trim()
    case 'b':
      return value === '1'
    case 'n': {
      const number = Number(value)
      return Number.isFinite(number) && Math.abs(number) <= Number.MAX_SAFE_INTEGER ? number : value
    }
    default:
      return value.trim()
  }
}

/** `C7` -> 2 */
function columnOf(reference: string): number {
  let column = 0
  for (const letter of /^[A-Z]{1,3}/.exec(reference)?.[0] ?? '') column = column * 26 + letter.charCodeAt(0) - 64
  return column - 1
}

async function sharedTexts(zip: ZipFile, entry: Entry | undefined): Promise<readonly string[]> {
  const texts: string[] = []
  let text = ''
  let length = 0
  let isInText = false
  let isPhonetic = false
  await scan(zip, entry, {
    open(name) {
      if (name === 'si') text = ''
      if (name === 'rPh') isPhonetic = true
      isInText = name === 't' && !isPhonetic
    },
    text(part) {
      if (!isInText) return
      text += part
      length += part.length
      if (length > maxSharedLength) throw new Error('it holds too much text; save it as CSV')
    },
    close(name) {
      isInText = false
      if (name === 'rPh') isPhonetic = false
      if (name !== 'si') return
      texts.push(text)
      if (texts.length > maxSharedTexts) throw new Error('it holds too many texts; save it as CSV')
    },
  })
  return texts
}

interface Listener {
  open(name: string, attributes: Readonly<Record<string, string>>): void
  text?(text: string): void
  close?(name: string): void
}

/** Names without a prefix: some programs write `x:row`. */
function parserOf({ open, text, close }: Listener): SaxesParser {
  const parser = new SaxesParser({})
  parser.on('error', (error) => {
    throw error
  })
  parser.on('opentag', (tag) => open(local(tag.name), tag.attributes as Record<string, string>)) // no namespaces: attributes are texts
  if (text !== undefined) {
    parser.on('text', text)
    parser.on('cdata', text)
  }
  if (close !== undefined) parser.on('closetag', (tag) => close(local(tag.name)))
  return parser
}

const local = (name: string): string => name.slice(name.indexOf(':') + 1)

async function scan(zip: ZipFile, entry: Entry | undefined, listener: Listener): Promise<void> {
  if (entry === undefined) return
  const parser = parserOf(listener)
  for await (const piece of pieces(zip, entry)) parser.write(piece)
  parser.close()
}

async function* pieces(zip: ZipFile, entry: Entry): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  const stream: Readable = await zip.openReadStreamPromise(entry)
  let sum = 0
  for await (const chunk of stream) {
    sum = crc32(chunk as Buffer, sum)
    yield decoder.decode(chunk as Buffer, { stream: true })
  }
  yield decoder.decode()
  // A figure that was damaged on its way is a figure all the same.
  if (sum !== entry.crc32) throw new Error('it is damaged')
}

async function entriesOf(zip: ZipFile): Promise<ReadonlyMap<string, Entry>> {
  const entries = new Map<string, Entry>()
  for await (const entry of zip.eachEntry()) entries.set(entry.fileName, entry)
  return entries
}

async function opened(file: string): Promise<ZipFile> {
  try {
    return await openPromise(file, { autoClose: false, lazyEntries: true })
  } catch (cause) {
    throw unreadable(file, cause)
  }
}

async function reading<T>(file: string, read: (zip: ZipFile) => Promise<T>): Promise<T> {
  const zip = await opened(file)
  try {
    return await read(zip)
  } catch (cause) {
    throw unreadable(file, cause)
  } finally {
    zip.close()
  }
}

const unreadable = (file: string, cause: unknown): Error =>
  badImport(`${file} cannot be read as a workbook (${reasonOf(cause)}).`, cause)
