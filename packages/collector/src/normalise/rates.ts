import { FootfallError } from '../errors.ts'

/** What one currency was worth on one day: units of it for one euro. */
export interface Rate {
  /** Day of publication, `YYYY-MM-DD`. */
  readonly day: string
  /** Decimal text, never zero: `1.0377`. */
  readonly value: string
}

/** Exchange rates of the euro. They do not change once they are loaded. */
export interface Rates {
  /** First and last day that has any rate, `YYYY-MM-DD`. */
  readonly from: string
  readonly to: string
  /** Codes of all currencies that have a rate on some day, the euro not among them, in alphabetical order. */
  readonly currencies: readonly string[]
  /**
   * The rate of a currency that was published last, on a day or before it; `null` where there is none.
   *
   * @param day `YYYY-MM-DD`
   */
  lastRate(currency: string, day: string): Rate | null
}

/** The whole history of the ECB is 8 MB as XML; what is several times as large is another file. */
export const maxRatesLength = 32 * 2 ** 20
const maxCurrencies = 400
const maxDays = 50_000
const maxLineLength = 8192

/**
 * Reads euro reference rates as the European Central Bank publishes them: the CSV of the history or of one day, or the XML of the history,
 * of 90 days or of one day. In which order the days stand does not matter.
 *
 * All of it is read, or none: a line that cannot be read, a day that stands twice or an end that is missing makes it unusable. Only where a
 * CSV was cut within its very last number, nothing shows it.
 *
 * @throws FootfallError `bad_rates`; the message says where, and holds nothing of the file
 * @see https://www.ecb.europa.eu/stats/policy_and_exchange_rates/euro_reference_exchange_rates/html/index.en.html
 */
export function loadRates(text: string): Rates {
  if (text.length > maxRatesLength) throw badRates(`is longer than ${maxRatesLength} characters`)
  const start = text.slice(0, 256).trimStart()
  if (start.startsWith('PK\u0003')) throw badRates('is an archive; unpack it first')
  const table = createTable()
  if (start.startsWith('<')) readXml(text, table)
  else readCsv(text, table)
  return table.finish()
}

const badRates = (what: string): FootfallError => new FootfallError('bad_rates', `The text with exchange rates ${what}.`)

function createTable() {
  const days = new Set<string>()
  const series = new Map<string, Rate[]>()
  return {
    addDay(day: string, where: string): void {
      if (days.has(day)) throw badRates(`has one day twice, ${where}`)
      if (days.size >= maxDays) throw badRates(`has more than ${maxDays} days`)
      days.add(day)
    },
    addRate(day: string, currency: string, value: string, where: string): void {
      if (!rateForm.test(value) || !/[1-9]/.test(value)) throw badRates(`has a rate that is none, ${where}`)
      let rates = series.get(currency)
      if (rates === undefined) {
        if (series.size >= maxCurrencies) throw badRates(`has more than ${maxCurrencies} currencies`)
        rates = []
        series.set(currency, rates)
      }
      rates.push(Object.freeze({ day, value }))
    },
    finish(): Rates {
      if (series.size === 0) throw badRates('holds no rates')
      for (const rates of series.values()) rates.sort((a, b) => (a.day < b.day ? -1 : 1))
      const sorted = [...days].sort()
      return Object.freeze({
        from: sorted[0] as string, // a rate has a day
        to: sorted[sorted.length - 1] as string,
        currencies: Object.freeze([...series.keys()].sort()),
        lastRate: (currency: string, day: string) => lastUpTo(series.get(currency) ?? [], day),
      })
    },
  }
}

type Table = ReturnType<typeof createTable>

const rateForm = /^\d{1,9}(?:\.\d{1,12})?$/
const codeForm = /^[A-Z]{3}$/

function lastUpTo(rates: readonly Rate[], day: string): Rate | null {
  let low = 0
  let high = rates.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((rates[middle] as Rate).day <= day) low = middle + 1
    else high = middle
  }
  return rates[low - 1] ?? null
}

/** Header `Date,USD,JPY,…`; lines end with a comma in the ECB's own files, and may lack it. */
function readCsv(text: string, table: Table): void {
  const lines = (text.startsWith('\ufeff') ? text.slice(1) : text).split('\n')
  const [date, ...currencies] = cellsOf(lines[0] ?? '', null)
  if (date?.toLowerCase() !== 'date') throw badRates('begins neither as CSV (Date,USD,JPY…) nor as XML')
  if (!currencies.every((code) => codeForm.test(code))) throw badRates('has a column that is no currency code, in line 1')
  if (new Set(currencies).size < currencies.length) throw badRates('has one currency twice, in line 1')
  for (const [index, line] of lines.entries()) {
    if (index === 0 || line.trim() === '') continue
    const where = `in line ${index + 1}`
    const [written = '', ...values] = cellsOf(line, currencies.length + 1)
    const day = readDay(written)
    if (day === null) throw badRates(`has a date that is none, ${where}`)
    if (values.length !== currencies.length) throw badRates(`has not as many fields as its header, ${where}; it may be cut short`)
    table.addDay(day, where)
    for (const [column, value] of values.entries()) {
      if (value !== '' && value !== 'N/A') table.addRate(day, currencies[column] as string, value, where) // as many as values
    }
  }
}

/** @param expected where there is an empty cell more than that, it is what stands after a comma at the end */
function cellsOf(line: string, expected: number | null): string[] {
  if (line.length > maxLineLength) throw badRates(`has a line of more than ${maxLineLength} characters`)
  const cells = line.split(',').map((cell) => cell.trim())
  if (cells.at(-1) === '' && (expected === null || cells.length === expected + 1)) cells.pop()
  return cells
}

const months: readonly string[] = 'january february march april may june july august september october november december'.split(
  ' ',
)

/** `2026-01-15`, or `15 January 2026` as in the file of one day. */
function readDay(text: string): string | null {
  const iso = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text)
  if (iso !== null) return isDay(text) ? text : null
  const [, dayOfMonth = '', name = '', year = ''] = /^(\d{1,2}) ([A-Za-z]{3,9}) (\d{4})$/.exec(text) ?? []
  const month = months.findIndex((full) => full === name.toLowerCase() || full.slice(0, 3) === name.toLowerCase()) + 1
  const day = `${year}-${String(month).padStart(2, '0')}-${dayOfMonth.padStart(2, '0')}`
  return isDay(day) ? day : null
}

/** A day of the calendar, `YYYY-MM-DD`, from 1990 to 2099. */
export function isDay(text: string): boolean {
  const [, year, month, day] = /^((?:199|20\d)\d)-(\d{2})-(\d{2})$/.exec(text) ?? []
  if (year === undefined) return false
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)))
  return date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day)
}

const cube = /<Cube\b([^<>]{0,200})>/g
const dayCube = /^\s{1,20}time\s?=\s?(["'])(\d{4}-\d{2}-\d{2})\1\s{0,20}$/
const rateCube = /^\s{1,20}currency\s?=\s?(["'])([A-Z]{3})\1\s{1,20}rate\s?=\s?(["'])([\d.]{1,24})\3\s{0,20}\/$/

/** Nested elements named `Cube`: one around all, one a day with its `time`, one a rate with `currency` and `rate`. */
function readXml(text: string, table: Table): void {
  if (text.includes('<!')) throw badRates('declares or comments; the XML of the ECB does neither')
  if (!/<\/(?:\w{1,20}:)?Envelope>\s{0,20}$/.test(text.slice(-64)))
    throw badRates('does not end as the XML of the ECB does; it may be cut short')
  let day: string | null = null
  let currencies = new Set<string>()
  let read = 0
  for (const [, attributes = ''] of text.matchAll(cube)) {
    read += 1
    const where = `in Cube ${read}`
    if (attributes.trim() === '') continue
    const [, , time] = dayCube.exec(attributes) ?? []
    if (time !== undefined) {
      if (!isDay(time)) throw badRates(`has a date that is none, ${where}`)
      table.addDay(time, where)
      day = time
      currencies = new Set()
      continue
    }
    const [, , code, , value] = rateCube.exec(attributes) ?? []
    if (day === null || code === undefined || value === undefined) throw badRates(`has a Cube that cannot be read, ${where}`)
    if (currencies.has(code)) throw badRates(`has one currency twice on a day, ${where}`)
    currencies.add(code)
    table.addRate(day, code, value, where)
  }
  if (text.split('<Cube').length - 1 !== read) throw badRates('has a Cube that cannot be read')
}
