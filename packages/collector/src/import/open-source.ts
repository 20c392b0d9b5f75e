import { extname } from 'node:path'
import { openCsv } from './csv-file.ts'
import { openNdjson } from './ndjson-file.ts'
import { badImport, type OpenOptions, type SourceFile } from './source-file.ts'
import { openXlsx } from './xlsx-file.ts'

/**
 * Opens a file by the end of its name: `.csv`, `.tsv` and `.txt` are text, `.xlsx` and `.xlsm` workbooks, `.ndjson` and `.jsonl` events.
 *
 * @throws FootfallError `bad_import` when it cannot be read
 */
export async function openSource(file: string, options: OpenOptions = {}): Promise<SourceFile> {
  const type = extname(file).toLowerCase()
  switch (type) {
    case '.csv':
    case '.tsv':
    case '.txt':
      return openCsv(file, options)
    case '.xlsx':
    case '.xlsm':
      return openXlsx(file, options)
    case '.ndjson':
    case '.jsonl':
      return openNdjson(file, options)
    default:
      throw badImport(`${file} is of no kind that can be imported; save it as .csv, .xlsx or .ndjson.`)
  }
}
