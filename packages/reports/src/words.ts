/** A code of the collector as words. */
export const wordsOf = (code: string): string => {
  const text = code.replaceAll('_', ' ')
  return text.charAt(0).toUpperCase() + text.slice(1)
}

const families: Readonly<Record<string, string>> = {
  CN: 'Consent',
  DF: 'Missing values',
  DT: 'Dates',
  EM: 'E-mail addresses',
  EN: 'Event names',
  EV: 'Texts',
  FX: 'Exchange rates',
  MN: 'Amounts',
  PR: 'Properties',
  TM: 'Clocks',
  UA: 'Browsers',
  UR: 'Addresses of pages',
  VC: 'Other vocabularies',
}

/** What a rule is about; its own id stands beside it. */
export const subjectOfRule = (rule: string): string => families[rule.slice(0, 2)] ?? 'Other'

// What only the sender's registry entry can settle; whatever else is wrong is wrong in the event.
const advice: readonly (readonly [rules: RegExp, sentence: string])[] = [
  [/NOZONE|ZONE-ABBR|DST/, 'Give its source a time zone'],
  [/NUM-ORDER|YEAR2|NUM-CONFLICT/, 'Say in which order its source writes day, month and year'],
  [/EXCEL|EPOCH/, 'Say what its source counts time in'],
  [/NOCURRENCY/, 'Give its source a currency'],
  [/AMBIG|THREE/, 'Give its source a locale, such as `de-DE`'],
]

/** What makes an event readable that a rule refused. */
export const adviceFor = (rule: string | null): string => {
  const settled = advice.find(([rules]) => rules.test(rule ?? ''))
  return settled === undefined
    ? 'Mend the event below, or where it is sent, and replay it.'
    : `${settled[1]} under Sources, then replay; or mend the event below.`
}
