import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openCsv } from '../../src/import/csv-file.ts'
import { createRejectedRows } from '../../src/import/rejected-rows.ts'
import { temporaryFolder } from '../start-collector.ts'

const cells = ['=1+1', '-5,00', "'=1", '+49 30 1234', '@a', '-x', 'plain', '＝1']

test('a file of rejected rows holds no formula, and what is imported from it is what it came from', async () => {
  const folder = await temporaryFolder()
  const file = join(folder, 'till.csv')
  await writeFile(file, `${cells.map((_, index) => `c${index}`).join(';')}\n${cells.join(';')}\n`)
  const source = await openCsv(file, {})
  const copy = join(folder, 'till.rejected.csv')
  const rejected = createRejectedRows(copy, source)
  for await (const row of source.rows()) {
    expect(row.cells).toEqual(cells)
    await rejected.write({ line: 2, rows: [row], event: null, problem: '' }, { status: 'unreadable', code: 'x', detail: '=1' })
  }
  await rejected.close()
  const [, text = ''] = (await readFile(copy, 'utf8')).split('\r\n')
  for (const cell of text.split(';')) expect(cell).not.toMatch(/^[=@＝]|^[+-](?![\d\s.,]*$)/)
  const again = await openCsv(copy, {})
  for await (const row of again.rows()) expect(row.cells.slice(0, cells.length)).toEqual(cells)
})
