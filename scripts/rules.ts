import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { table } from './reference.ts'

const collector = fileURLToPath(new URL('../packages/collector/', import.meta.url))

/** Where the table stands: which test holds which rule. */
export const rulesPage = join(collector, 'RULES.md')

/** Rule -> what it says, for people who meet it in a repair, in the quarantine or in the report about quality. */
export const rules: ReadonlyMap<string, string> = new Map([
  // Dates and times
  ['DT-TRIM', 'White space and one pair of quotation marks around a date are left out.'],
  ['DT-MISSING', 'No date: null, an empty text, a boolean, a word such as `NaN`, an object.'],
  ['DT-ISO-ZONED', 'ISO 8601 with its zone; fractions of a second are cut to milliseconds.'],
  ['DT-ISO-IXDTF', 'ISO 8601 with a named zone in brackets; where an offset stands there too, both must agree.'],
  ['DT-OFFSET-WINS', "An offset that is written counts, not the source's zone."],
  ['DT-LOCAL-ZONE', "A time without a zone, read in the source's."],
  ['DT-LOCAL-NOZONE', 'A time without a zone, of a source without one.'],
  ['DT-DST-GAP', 'A time that the clocks left out.'],
  ['DT-DST-OVERLAP', 'A time that the clocks showed twice.'],
  ['DT-DATE-ZONE', "A day without a time: its beginning in the source's zone."],
  ['DT-DATE-NOZONE', 'A day without a time, of a source without a zone.'],
  ['DT-EPOCH-UNIT', 'A number since 1970 in the unit that the source declares.'],
  [
    'DT-EPOCH-MAGNITUDE',
    'A number since 1970 whose digits tell the unit: 10 seconds, 13 milliseconds, 16 micro-, 19 nanoseconds.',
  ],
  ['DT-EPOCH-SCI', 'A number with an exponent: digits are lost.'],
  ['DT-RANGE', 'Before 1990 or after 2099: a placeholder, or the wrong unit.'],
  ['DT-RFC2822', 'As in e-mails; a weekday must be that of the date.'],
  ['DT-ZONE-ABBR', 'A zone by its letters, such as CET or IST, each of which has several meanings.'],
  ['DT-JS-TOSTRING', "As JavaScript's `toString` writes it."],
  ['DT-UNIX-DATE', 'As the command `date` writes it.'],
  ['DT-MSJSON', '`/Date(…)/` with milliseconds.'],
  ['DT-NUM-DOT', 'Figures with dots: day, month, year.'],
  ['DT-NUM-OVER12', 'Figures of which one is above 12 and therefore the day.'],
  ['DT-NUM-SAME', 'Day and month are the same figure.'],
  ['DT-NUM-ORDER', "Figures in either order: read in the source's, else open."],
  ['DT-NUM-CONFLICT', 'Figures that cannot be in the order that the source declares.'],
  ['DT-YEAR2', "A year of two figures: read with the source's order, else open."],
  ['DT-TEXT-MONTH', 'The name of a month, in English.'],
  ['DT-TIME', 'A time of day that there is: 00:00 to 23:59:59, or 12 hours with AM or PM.'],
  ['DT-OFFSET', 'An offset that there is: −12:00 to +14:00.'],
  ['DT-CALENDAR', 'A day that is in the calendar.'],
  ['DT-EXCEL', "A spreadsheet's serial number, of a source that declares it."],
  ['DT-EXCEL-NOUNIT', "A number that looks like a spreadsheet's, of a source that does not say so."],
  ['DT-PARTIAL', 'Only a part of a date: a year, a month, a time.'],
  ['DT-RELATIVE', 'A date from where one stands: `yesterday`.'],
  ['DT-UNSUPPORTED', 'Any other text.'],
  // Clocks
  ['TM-DEVICE', "The sender's time stands."],
  ['TM-AGE', "The event's age by a clock that cannot be set counts."],
  ['TM-SKEW', "The error of the sender's clock is taken out."],
  ['TM-RECEIPT', 'No time was sent: that of the receipt.'],
  ['TM-WENT-BACK', "The sender's clock was set back in between: the time of the receipt."],
  ['TM-FUTURE', 'In the future: moved to the receipt, or refused when it is days ahead.'],
  // Money
  ['MN-EXPONENT', 'Decimals of a currency as ISO 4217 has them.'],
  ['MN-BADCODE', 'No currency of today.'],
  ['MN-CODE', 'A code in another form, such as `eur`.'],
  ['MN-NUMBER', 'A number, by the digits it is written with.'],
  ['MN-ROUND', 'More decimals than the currency has: rounded once, half away from zero.'],
  ['MN-MINOR', 'A whole number of the smallest unit, of a source that declares it.'],
  ['MN-NOCURRENCY', 'No currency anywhere.'],
  ['MN-SYMBOL', 'A mark of one currency, such as €.'],
  ['MN-SYMBOL-AMBIG', 'A mark of several currencies, such as $: settled by code, locale or default, else open.'],
  ['MN-ISO', 'A code in the text.'],
  ['MN-CONFLICT', 'The text names another currency than the field.'],
  ['MN-TRIM', 'White space around an amount is left out.'],
  ['MN-NFKC', 'Full-width forms.'],
  ['MN-DIGITS', 'Arabic digits and marks.'],
  ['MN-STRUCTURE', 'Grouping and decimal mark told apart by where they stand.'],
  ['MN-REPEAT', 'The same mark more than once groups.'],
  ['MN-THREE', "One mark before three digits: settled by the source's locale, else open."],
  ['MN-THREE-ZERODEC', 'The same in a currency without decimals: it groups.'],
  ['MN-LEADZERO', 'The same after a zero: decimals.'],
  ['MN-LONGHEAD', 'The same after more than three digits: decimals.'],
  ['MN-GROUPING', 'Groups that no number has.'],
  ['MN-INDIAN', 'Groups of two before the last three.'],
  ['MN-DASH', 'A dash in the place of the decimals.'],
  ['MN-NEG', 'One sign, or brackets.'],
  ['MN-JUNK', 'A range, two amounts, words.'],
  ['MN-MISSING', 'No amount.'],
  ['MN-RANGE', 'Larger than can be kept exactly.'],
  // Rates
  ['FX-SAME', 'The same currency: no rate is needed.'],
  ['FX-DIRECT', "One rate of the event's day."],
  ['FX-CROSS', "Two rates of the event's day."],
  ['FX-HALF', 'Rounded once at the end, half away from zero.'],
  ['FX-NEG', 'Negative amounts round as positive ones.'],
  ['FX-INVERSE', 'No rate is turned around.'],
  ['FX-CROSS-ROUND', 'No amount in euros is rounded in between.'],
  ['FX-WEEKEND', 'At a weekend the last rate before it.'],
  ['FX-HOLIDAY', 'On a closing day the last rate before it.'],
  ['FX-GAP', 'On a day that has none the last rate before it.'],
  ['FX-STALE', 'The last rate is more than a week old: no amount in the base currency.'],
  ['FX-MISSING', 'No rate: no amount in the base currency, and never 0.'],
  // Names
  ['EN-EXACT', "The catalogue's name."],
  ['EN-FORM', 'The same name written in another way.'],
  ['EN-ALIAS', 'Another name for it in the catalogue.'],
  ['EN-LETTERS', 'The same letters without marks between the words.'],
  ['EN-TYPO', 'A slip of one name or property, and of no other.'],
  ['EN-PROTECTED', 'A real word of another vocabulary, which is left alone.'],
  ['EN-UNKNOWN', "None of them: the shop's own."],
  ['EN-ALIAS-REGISTRY', 'A name that the shop has given a meaning.'],
  ['EN-REPORTED', 'What only the collector derives, told by somebody else: kept under a name of its own.'],
  // Properties, vocabularies, defaults
  ['PR-ALIAS', 'Another name for a property in the catalogue.'],
  ['PR-FORM', 'The same name of a property written in another way.'],
  ['PR-TEXT', 'A whole number where an identifier belongs.'],
  ['PR-NUMBER', 'A decimal text where a number belongs.'],
  ['PR-BOOLEAN', 'A word such as `yes` where true or false belongs.'],
  ['PR-WORD', 'A word of a closed list in another form.'],
  ['PR-SHAPE', 'A property of another kind than its own.'],
  ['VC-SEGMENT', "A property that means something else in Segment's words."],
  ['VC-GA4', "The same in Google Analytics'."],
  ['VC-SHOPIFY', "The same in Shopify's."],
  ['VC-SNOWPLOW', "The same in Snowplow's."],
  ['VC-LINE', 'The only line of a list is what the event is about.'],
  ['MN-BESIDE', 'The one currency that other amounts of the event name, for those without any mark.'],
  ['DF-DEFAULT', "The catalogue's default for what is missing."],
  ['DF-CURRENCY', 'The currency of the source or the shop, where none was named.'],
  ['DF-TOTAL', "An order's total, made of its lines, tax and shipping."],
  ['EV-SHAPE', 'A field of the envelope without its shape.'],
  ['EV-SERVER', 'What only a server may say of a visitor: address and user agent.'],
  ['EV-TEXT', 'An id that came as a number.'],
  ['EV-DIGITS', 'A number beyond 2^53: the nearest that can be kept, whose last digits may be others.'],
  ['EV-NUMBER', 'A number beyond all that can be kept, such as `1e400`: the text `Infinity`.'],
  ['EV-UNICODE', 'Half a surrogate pair in a name, an id, a source or a channel: U+FFFD.'],
  ['SR-TRANSPORT', 'A source that only a server may name.'],
  // Addresses, campaigns, people
  ['UR-UTM', 'Parameters of campaigns.'],
  ['UR-UTM-AMP', 'The same after `&amp;`.'],
  ['UR-UTM-HASH', 'The same behind the hash sign.'],
  ['UR-CLICK', 'The id of a click on an advertisement.'],
  ['UR-EMAILID', "The id of an e-mail's recipient: it tells the source, and is dropped."],
  ['UR-REF', 'The site that the visitor came from.'],
  ['UR-REF-SPOOF', 'A site that only looks like a known one.'],
  ['UR-REF-APP', 'An app that the visitor came from.'],
  ['UR-REF-INTERNAL', 'The shop itself.'],
  ['UR-REF-PAY', 'Where people pay or sign in, on their way through the shop.'],
  ['UR-PII', 'What is personal in an address or a title becomes `REDACTED`.'],
  ['UR-PII-KEEP', 'What only looks a little like it stays.'],
  ['UR-QUERY', 'Parameters that no report needs go.'],
  ['UR-CUT', 'An address that is too long is cut.'],
  ['CN-MARKETING', 'What needs consent to marketing goes where there is none.'],
  ['EM-NORMAL', 'An e-mail address in its plain form.'],
  ['EM-SHAPE', 'No e-mail address.'],
  ['EM-MISSING', 'An empty one, of which there is no hash.'],
  // Devices
  ['UA-TOKENS', "The words of the browser's own text."],
  ['UA-HINTS', "The browser's hints, which outrank its text."],
  ['UA-MISSING', 'No text: nothing is known.'],
])

/** A test that names a rule, in its title or in its table. */
export interface RuleTest {
  /** Within the collector's package: `test/normalise/date.test.ts` */
  readonly file: string
  /** `$rule` and the like as they stand in the source. */
  readonly title: string
}

const ruleText = /\b(?:DT|TM|MN|FX|EN|PR|VC|DF|EV|SR|UR|CN|EM|UA)-[A-Z0-9]+(?:-[A-Z0-9]+)*\b/g

function sources(folder: string, ending: string): readonly string[] {
  return readdirSync(join(collector, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith(ending))
    .map((path) => join(collector, folder, path))
    .sort()
}

/** Every rule that the sources of the collector decide by: as a text of its own. */
export function rulesInSources(): ReadonlySet<string> {
  const texts = sources('src', '.ts').map((path) => readFileSync(path, 'utf8'))
  return new Set(texts.flatMap((text) => [...text.matchAll(/'([^'\n]+)'/g)].map(([, word = '']) => word)).filter(isRule))
}

const isRule = (word: string): boolean => word.match(ruleText)?.[0] === word

/** Rule -> the tests that name it, one of each file, in the order of the files. */
export function testsOfRules(): ReadonlyMap<string, readonly RuleTest[]> {
  const found = new Map<string, RuleTest[]>()
  for (const path of sources('test', '.test.ts')) {
    const file = relative(collector, path).replaceAll('\\', '/')
    for (const { rule, title } of namedIn(readFileSync(path, 'utf8'))) {
      const tests = found.get(rule) ?? []
      if (!tests.some((test) => test.file === file)) found.set(rule, [...tests, { file, title }])
    }
  }
  return found
}

const titleOf = /(?:^|\s|\))(?:test|describe)?(?:\.each\(.*\))?\(\s*(['"`])(.+?)\1,/

/** Each rule that stands in the code of a test, with the test's title: that of the block it stands in, or of the one that its table is for. */
function namedIn(source: string): readonly { readonly rule: string; readonly title: string }[] {
  // A title on a line of its own, where the table before it is long.
  const joined = source.replace(/(?<=[\])])\(\n\s*(?=['"`])/g, '(')
  const lines = joined.split('\n').map((line) => line.replace(/^\s*(?:\/\/|\*|\/\*).*/, ''))
  return lines.flatMap((line, index) =>
    (line.match(ruleText) ?? []).flatMap((rule) => {
      const title = titleAround(lines, index)
      return title === null ? [] : [{ rule, title: title.replaceAll(/\$rule\b|\$\{rule\}/g, rule) }]
    }),
  )
}

function titleAround(lines: readonly string[], at: number): string | null {
  for (let index = at; index >= 0; index -= 1) {
    const line = lines[index] ?? ''
    if (/^\s*(?:test|describe)\b/.test(line)) {
      // A table stands before its title.
      const end = lines.slice(index).findIndex((after) => titleOf.test(after))
      return end < 0 ? null : (titleOf.exec(lines[index + end] ?? '')?.[2] ?? null)
    }
    const table = /^const (\w+)\b/.exec(line)?.[1]
    if (table === undefined) continue
    // A table says nothing itself: what uses it does.
    const use = lines.findIndex((other, place) => place > at && new RegExp(`\\b${table}\\b`).test(other))
    return use < 0 ? null : titleAround(lines, use)
  }
  return null
}

/** Enough to see what a rule does; those that say its name first. */
const maxTests = 2

/** The table, in Markdown. */
export function rulesText(tests: ReadonlyMap<string, readonly RuleTest[]>): string {
  const rows = [...rules].map(([rule, meaning]) => {
    const isNamed = ({ title }: RuleTest): number => (title.includes(rule) ? 0 : 1)
    const best = (tests.get(rule) ?? []).toSorted((one, other) => isNamed(one) - isNamed(other)).slice(0, maxTests)
    const links = best.map(({ file, title }) => `[${cell(title)}](${file})`)
    return [rule, cell(meaning), links.join('<br>')]
  })
  return [
    '<!-- Made from the tests by `pnpm rules`: change `scripts/rules.ts` or the tests, not this page. -->',
    '# Rules',
    'By which rule a value was read, repaired or refused stands on the event (`quality.repairs`), in the detail of what is quarantined, and in the report about data quality. For each rule up to two of the tests that hold it.',
    table(['Rule', 'What it says', 'Tests'], rows),
  ]
    .join('\n\n')
    .concat('\n')
}

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('[', '\\[').replaceAll(']', '\\]')

if (import.meta.main) writeFileSync(rulesPage, rulesText(testsOfRules()))
