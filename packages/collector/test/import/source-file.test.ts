import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { guessSeparator } from '../../src/import/csv-file.ts'
import { openSource } from '../../src/import/open-source.ts'
import type { OpenOptions, SourceFile, TableFile } from '../../src/import/source-file.ts'
import { temporaryFolder } from '../start-collector.ts'
import { workbook, zip } from './workbook.ts'

async function opened(name: string, content: string | Uint8Array, options: OpenOptions = {}): Promise<SourceFile> {
  const file = join(await temporaryFolder(), name)
  await writeFile(file, content)
  return openSource(file, options)
}

async function openedTable(name: string, content: string | Uint8Array, options: OpenOptions = {}): Promise<TableFile> {
  const file = await opened(name, content, options)
  if (file.kind !== 'table') throw new Error('not a table')
  return file
}

async function rowsOf(file: SourceFile): Promise<readonly unknown[]> {
  const rows: unknown[] = []
  for await (const row of file.rows()) rows.push(row)
  return rows
}

const bytes = (text: string, encoding: 'latin1' | 'utf16le', mark: readonly number[] = []): Buffer =>
  Buffer.concat([Buffer.from(mark), Buffer.from(text, encoding)])

const cases: readonly { name: string; content: string | Uint8Array; options?: OpenOptions; writing?: string }[] = [
  { name: 'semicolons', content: 'id;Größe\n1;Köln\n' },
  { name: 'commas', content: 'id,Größe\n1,Köln\n', writing: 'separated by ",", utf-8' },
  { name: 'tabs', content: 'id\tGröße\n1\tKöln\n', writing: 'separated by tabs, utf-8' },
  { name: 'a separator that its first line says', content: 'sep=;\r\nid;Größe\r\n1;Köln\r\n' },
  {
    name: 'a separator that is said',
    content: 'id|Größe\n1|Köln\n',
    options: { separator: '|' },
    writing: 'separated by "|", utf-8',
  },
  { name: 'a byte order mark', content: '\ufeffid;Größe\n1;Köln\n' },
  { name: 'Windows line ends, white space and empty lines', content: '\r\nid ; Größe\r\n\r\n 1;Köln \r\n\r\n;\r\n' },
  { name: 'old Mac line ends', content: 'id;Größe\r1;Köln\r' },
  { name: 'no line end at the end', content: 'id;Größe\n1;Köln' },
  {
    name: 'Windows-1252, as it is said to be',
    content: bytes('id;Größe\n1;Köln\n', 'latin1'),
    options: { encoding: 'windows-1252' },
    writing: 'separated by ";", windows-1252',
  },
  {
    name: 'UTF-16 with its mark, whatever is said',
    content: bytes('id;Größe\n1;Köln\n', 'utf16le', [0xff, 0xfe]),
    options: { encoding: 'windows-1252' },
    writing: 'separated by ";", utf-16le',
  },
  {
    name: 'UTF-16 of the other order',
    content: bytes('id;Größe\n1;Köln\n', 'utf16le', [0xff, 0xfe]).swap16(),
    writing: 'separated by ";", utf-16be',
  },
  {
    name: 'UTF-16 without a mark, as it is said to be',
    content: bytes('id;Größe\n1;Köln\n', 'utf16le'),
    options: { encoding: 'utf-16le' },
    writing: 'separated by ";", utf-16le',
  },
]
test.each(cases)('a text file is read as it is written: $name', async ({ content, options, writing }) => {
  const file = await openedTable('till.csv', content, options)
  expect(file.columns).toEqual(['id', 'Größe'])
  expect(file.writing).toBe(writing ?? 'separated by ";", utf-8')
  const read = await rowsOf(file)
  expect(read).toEqual([{ line: expect.any(Number), cells: ['1', 'Köln'] }])
  expect(await rowsOf(file)).toEqual(read)
})

test('a quoted cell may hold separators, quotation marks and lines, and each row knows where it begins', async () => {
  const file = await openedTable('till.csv', 'a;b\n"x;\n ""y""";1\n\n5" TV;2\r\nlast;"3\n\n"\nend;4\n')
  expect(await rowsOf(file)).toEqual([
    { line: 2, cells: ['x;\n "y"', '1'] },
    { line: 5, cells: ['5" TV', '2'] },
    { line: 6, cells: ['last', '3'] },
    { line: 9, cells: ['end', '4'] },
  ])
})

test('a row that spans the pieces in which a file is read stays whole', async () => {
  const long = 'ü'.repeat(200_001)
  const file = await openedTable('till.csv', `a;b\n1;${long}\n2;x\n`)
  expect(await rowsOf(file)).toEqual([
    { line: 2, cells: ['1', long] },
    { line: 3, cells: ['2', 'x'] },
  ])
})

test.each([
  { given: 'a;b;c', expected: ';' },
  { given: 'a,b', expected: ',' },
  { given: 'a\tb', expected: '\t' },
  { given: 'name', expected: ',' },
  { given: '"a,b,c";d\n1,2,3,4', expected: ';' },
  { given: '"a\n,,,";"b"', expected: ';' },
  { given: 'a,b;c', expected: null },
])('the separator of $given', ({ given, expected }) => {
  expect(guessSeparator(given)).toBe(expected)
})

const bad: readonly { name: string; file: string; content: string | Uint8Array; options?: OpenOptions; says: string }[] = [
  { name: 'another encoding', file: 'a.csv', content: bytes('id;b\n1;Köln\n', 'latin1'), says: 'is not written in utf-8' },
  {
    name: 'an encoding that is none',
    file: 'a.csv',
    content: 'a',
    options: { encoding: 'latin-99' },
    says: 'no encoding "latin-99"',
  },
  { name: 'a quotation mark that stays open', file: 'a.csv', content: 'a;b\n1;"2\n3;4\n', says: 'is never closed' },
  { name: 'two possible separators', file: 'a.csv', content: 'a,b;c\n', says: '--separator' },
  { name: 'a separator that is none', file: 'a.csv', content: 'a,b\n', options: { separator: '""' }, says: 'one character' },
  { name: 'an empty file', file: 'a.csv', content: '', says: 'is empty' },
  { name: 'another kind', file: 'a.pdf', content: '', says: 'save it as' },
  { name: 'no workbook', file: 'a.xlsx', content: 'a;b\n', says: 'cannot be read as a workbook' },
  { name: 'a zip of something else', file: 'a.xlsx', content: zip([['a.txt', 'a']]), says: 'has no sheet' },
  {
    name: 'a workbook cut short',
    file: 'a.xlsx',
    content: workbook([{ name: 'S', rows: [['a']] }]).subarray(0, 300),
    says: 'cannot be read',
  },
  {
    name: 'a workbook that was damaged',
    file: 'a.xlsx',
    content: zip([['xl/_rels/workbook.xml.rels', '<Relationships/>']], () => 1),
    says: 'it is damaged',
  },
  {
    name: 'another sheet',
    file: 'a.xlsx',
    content: workbook([{ name: 'March', rows: [['a']] }]),
    options: { sheet: 'April' },
    says: 'no sheet "April"; it has "March"',
  },
]
test.each(bad)('what cannot be read is one sentence: $name', async ({ file, content, options, says }) => {
  const read = async () => rowsOf(await opened(file, content, options))
  await expect(read()).rejects.toMatchObject({ code: 'bad_import', message: expect.stringContaining(says) })
})

test('a file that is not there is one sentence', async () => {
  for (const name of ['none.csv', 'none.xlsx', 'none.ndjson'])
    await expect(openSource(join(await temporaryFolder(), name))).rejects.toMatchObject({
      code: 'bad_import',
      message: expect.stringContaining('no such file'),
    })
})

describe('a workbook', () => {
  test('gives texts, numbers and truth values as they are, and errors as what they say', async () => {
    const rows = [
      [null, null],
      ['Beleg', 'Datum', 'Summe', 'ok', 'EAN'],
      ['R-1 ', 46095.4270833333, 19.99, true, 4006381333931],
      [
        { raw: '<c t="inlineStr"><is><r><t>R</t></r><r><t>-2</t></r><rPh><t>x</t></rPh></is></c>' },
        { raw: '<c t="e"><v>#N/A</v></c>' },
      ],
      [],
      [{ raw: '<c t="str"><f>A1</f><v>R-3</v></c>' }, null, { raw: '<c><v>12345678901234567890</v></c>' }, null, ''],
    ]
    const file = await openedTable('till.xlsx', workbook([{ name: 'März', rows }]))
    expect(file).toMatchObject({ columns: ['Beleg', 'Datum', 'Summe', 'ok', 'EAN'], writing: 'sheet "März"', days: 'excel' })
    expect(await rowsOf(file)).toEqual([
      { line: 3, cells: ['R-1', 46095.4270833333, 19.99, true, 4006381333931] },
      { line: 4, cells: ['R-2', '#N/A'] },
      { line: 6, cells: ['R-3', '', '12345678901234567890', '', ''] },
    ])
  })

  test('has a sheet by its name, and says from when its days count', async () => {
    const sheets = [
      { name: 'One', rows: [['a'], ['1']] },
      { name: 'Two', rows: [['b'], ['2']] },
    ]
    const file = await openedTable('till.xlsx', workbook(sheets, { is1904: true }), { sheet: 'Two' })
    expect([file.columns, file.days, await rowsOf(file)]).toEqual([['b'], 'excel1904', [{ line: 2, cells: ['2'] }]])
  })

  test('expands no entities of its own', async () => {
    const bomb = zip([
      ['xl/workbook.xml', '<workbook><sheets><sheet name="S" r:id="r1"/></sheets></workbook>'],
      ['xl/_rels/workbook.xml.rels', '<Relationships><Relationship Id="r1" Target="worksheets/sheet1.xml"/></Relationships>'],
      [
        'xl/worksheets/sheet1.xml',
        '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><worksheet><sheetData><row r="1"><c r="A1" t="str"><v>&b;</v></c></row></sheetData></worksheet>',
      ],
    ])
    await expect(opened('a.xlsx', bomb)).rejects.toMatchObject({ code: 'bad_import' })
  })

  test('may not claim a cell beyond the last column', async () => {
    const far = zip([
      ['xl/workbook.xml', '<workbook><sheets><sheet name="S" r:id="r1"/></sheets></workbook>'],
      ['xl/_rels/workbook.xml.rels', '<Relationships><Relationship Id="r1" Target="/xl/worksheets/sheet1.xml"/></Relationships>'],
      [
        'xl/worksheets/sheet1.xml',
        '<worksheet><sheetData><row r="1"><c r="ZZZ1" t="str"><v>a</v></c></row></sheetData></worksheet>',
      ],
    ])
    await expect(opened('a.xlsx', far)).rejects.toMatchObject({ message: expect.stringContaining('beyond the last column') })
  })
})

test('a file of events gives each line, what is no object as its text, and leaves out the reasons that were written between', async () => {
  const lines = [
    '\ufeff{"name":"a"}',
    '',
    '{"footfall_line":3,"footfall_reason":"x"}',
    ' [1]',
    '{broken',
    '{"__proto__":{"a":1}}',
  ]
  const file = await opened('till.ndjson', lines.join('\r\n'))
  expect(await rowsOf(file)).toEqual([
    { line: 1, text: '{"name":"a"}\r', event: { name: 'a' } },
    { line: 4, text: ' [1]\r', event: null },
    { line: 5, text: '{broken\r', event: null },
    { line: 6, text: '{"__proto__":{"a":1}}', event: JSON.parse('{"__proto__":{"a":1}}') },
  ])
})

test('a line without end is not held', async () => {
  const file = await opened('till.ndjson', 'x'.repeat(2_000_000))
  await expect(rowsOf(file)).rejects.toMatchObject({ code: 'bad_import', message: expect.stringContaining('more than 1048576') })
})
