import { crc32, deflateRawSync } from 'node:zlib'

/** A cell as a program would write it: texts shared, numbers in their digits. `raw` is its XML. */
type CellOf = string | number | boolean | null | { readonly raw: string }

interface Sheet {
  readonly name: string
  readonly rows: readonly (readonly CellOf[])[]
}

/** A workbook as spreadsheet programs save it: a zip of XML, texts in a table of their own. */
export function workbook(sheets: readonly Sheet[], { is1904 = false } = {}): Buffer {
  const texts: string[] = []
  const parts = sheets.map(({ rows }, index) => [`xl/worksheets/sheet${index + 1}.xml`, sheetXml(rows, texts)] as const)
  return zip([
    [
      'xl/workbook.xml',
      `<workbook xmlns="m" xmlns:r="r"><workbookPr${is1904 ? ' date1904="1"' : ''}/><sheets>${sheets.map(({ name }, index) => `<sheet name="${name}" sheetId="${index + 1}" r:id="rId${index + 1}"/>`).join('')}</sheets></workbook>`,
    ],
    [
      'xl/_rels/workbook.xml.rels',
      `<Relationships xmlns="p">${sheets.map((_, index) => `<Relationship Id="rId${index + 1}" Target="worksheets/sheet${index + 1}.xml"/>`).join('')}</Relationships>`,
    ],
    ...parts,
    [
      'xl/sharedStrings.xml',
      `<sst xmlns="m">${texts.map((text) => `<si><t xml:space="preserve">${escaped(text)}</t></si>`).join('')}</sst>`,
    ],
  ])
}

function sheetXml(rows: Sheet['rows'], texts: string[]): string {
  const body = rows.map((cells, y) => {
    const written = cells.map((cell, x) => (cell === null ? '' : cellXml(cell, `${String.fromCharCode(65 + x)}${y + 1}`, texts)))
    return `<row r="${y + 1}">${written.join('')}</row>`
  })
  return `<?xml version="1.0" encoding="UTF-8"?>\n<worksheet xmlns="m"><sheetData>${body.join('')}</sheetData></worksheet>`
}

function cellXml(cell: Exclude<CellOf, null>, at: string, texts: string[]): string {
  if (typeof cell === 'object') return cell.raw.replace('<c', `<c r="${at}"`)
  if (typeof cell === 'number') return `<c r="${at}" s="1"><v>${cell}</v></c>`
  if (typeof cell === 'boolean') return `<c r="${at}" t="b"><v>${Number(cell)}</v></c>`
  return `<c r="${at}" t="s"><v>${texts.push(cell) - 1}</v></c>`
}

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')

/** @see https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT */
export function zip(
  files: readonly (readonly [name: string, content: string])[],
  sumOf: (content: Buffer) => number = crc32,
): Buffer {
  const locals: Buffer[] = []
  const centrals: Buffer[] = []
  let offset = 0
  for (const [name, content] of files) {
    const plain = Buffer.from(content)
    const packed = deflateRawSync(plain)
    const path = Buffer.from(name)
    const common = Buffer.alloc(26)
    common.writeUInt16LE(20, 0)
    common.writeUInt16LE(8, 4)
    common.writeUInt32LE(sumOf(plain), 10)
    common.writeUInt32LE(packed.length, 14)
    common.writeUInt32LE(plain.length, 18)
    common.writeUInt16LE(path.length, 22)
    const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), common, path, packed])
    const place = Buffer.alloc(14)
    place.writeUInt32LE(offset, 10)
    centrals.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x00', 'latin1'), common, place, path]))
    locals.push(local)
    offset += local.length
  }
  const directory = Buffer.concat(centrals)
  const end = Buffer.alloc(18)
  end.writeUInt16LE(files.length, 4)
  end.writeUInt16LE(files.length, 6)
  end.writeUInt32LE(directory.length, 8)
  end.writeUInt32LE(offset, 12)
  return Buffer.concat([...locals, directory, Buffer.from('PK\x05\x06', 'latin1'), end])
}
