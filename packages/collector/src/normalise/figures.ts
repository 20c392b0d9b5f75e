/** The digits of an amount, taken apart. */
export type Figures =
  | { readonly kind: 'decimal'; readonly whole: string; readonly fraction: string; readonly rule: FiguresRule }
  /** `1.299`: one mark that groups or that is the decimal mark, a factor of a thousand apart. */
  | { readonly kind: 'three'; readonly head: string; readonly tail: string; readonly mark: '.' | ',' }
  | { readonly kind: 'invalid' }

export type FiguresRule = 'MN-STRUCTURE' | 'MN-REPEAT' | 'MN-LEADZERO' | 'MN-LONGHEAD' | 'MN-INDIAN' | 'MN-DASH'

const arabicDecimal = '\u066b'
const arabicGrouping = '\u066c'
/** Marks that only ever group. */
const onlyGroups: ReadonlySet<string> = new Set([' ', "'", arabicGrouping])
const invalid = { kind: 'invalid' } as const

/**
 * Tells grouping marks from the decimal mark by their structure alone.
 *
 * @param text ASCII digits and the marks `.` `,` `'`, space and the two Arabic ones; ends with a digit
 * @param isWhole a dash stands in for the decimals, as in `1.299,-`: every mark groups
 */
export function readFigures(text: string, isWhole: boolean): Figures {
  const marks = text.replace(/\d/g, '')
  const rule = isWhole ? 'MN-DASH' : 'MN-STRUCTURE'
  if (marks === '') return { kind: 'decimal', whole: text, fraction: '', rule }
  const decimal = isWhole ? null : decimalMarkIn(marks)
  if (decimal === 'none') return invalid
  if (decimal === 'one') return readOneMark(text, marks as '.' | ',')
  const at = decimal === null ? text.length : text.lastIndexOf(decimal)
  const grouped = readGroups(text.slice(0, at))
  if (grouped === null) return invalid
  const isRepeated = decimal === null && marks.length > 1 && !onlyGroups.has(marks.charAt(0))
  return {
    kind: 'decimal',
    whole: grouped.digits,
    fraction: text.slice(at + 1),
    rule: grouped.isIndian ? 'MN-INDIAN' : isRepeated && !isWhole ? 'MN-REPEAT' : rule,
  }
}

/**
 * The decimal mark; `null`: all marks group; `one`: a single mark that can be either; `none`: no such number is written.
 *
 * @param marks in order, without the digits between them
 */
function decimalMarkIn(marks: string): string | null {
  const last = marks.charAt(marks.length - 1)
  const isAlone = marks.indexOf(last) === marks.length - 1
  if (marks.includes(arabicDecimal)) return last === arabicDecimal && isAlone ? last : 'none'
  const others = new Set([...marks].filter((mark) => !onlyGroups.has(mark)))
  if (others.size === 0) return null
  const hasGrouping = [...marks].some((mark) => onlyGroups.has(mark))
  if (hasGrouping) return others.size === 1 && others.has(last) && isAlone ? last : 'none'
  if (others.size === 2) return isAlone ? last : 'none'
  return marks.length === 1 ? 'one' : null
}

function readOneMark(text: string, mark: '.' | ','): Figures {
  const [head = '', tail = ''] = text.split(mark)
  const decimal = (rule: FiguresRule): Figures => ({ kind: 'decimal', whole: head, fraction: tail, rule })
  if (head === '' || tail.length !== 3) return decimal('MN-STRUCTURE')
  if (head.startsWith('0')) return decimal('MN-LEADZERO')
  if (head.length > 3) return decimal('MN-LONGHEAD')
  return { kind: 'three', head, tail, mark }
}

const western = /^[1-9]\d{0,2}(?:([.,' \u066c])\d{3})(?:\1\d{3}){0,20}$/
const indian = /^[1-9]\d?(?:,\d{2}){1,20},\d{3}$/

/** MN-GROUPING, MN-INDIAN */
function readGroups(text: string): { readonly digits: string; readonly isIndian: boolean } | null {
  if (/^\d*$/.test(text)) return { digits: text, isIndian: false }
  const isIndian = indian.test(text)
  return isIndian || western.test(text) ? { digits: text.replace(/\D/g, ''), isIndian } : null
}
