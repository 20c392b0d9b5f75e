export type { Amounts, StoredAmount } from './amounts.ts'
export { type Attribution, type AttributionKind, type AttributionRule, attribute } from './attribution.ts'
export { type CleanUrl, type CleanUrlOptions, cleanReferrer, cleanUrl, keptParameters, redactUrl } from './clean-url.ts'
export {
  type ClockInput,
  type ClockReading,
  type ClockRule,
  correctClock,
  type Lateness,
  lateness,
  type TimeCorrection,
  type TimeFlag,
} from './clock.ts'
export { type Conversion, type ConvertRule, convert } from './convert.ts'
export { currenciesAsOf, currencyExponents } from './currencies.ts'
export { type DateReading, parseDate } from './date.ts'
export type { DateContext, DateOrder, DatePrecision, DateRule, DateUnit } from './date-rules.ts'
export { type EmailRule, emailHash, normaliseEmail } from './email.ts'
export { type EventNameReading, type EventNameRule, resolveEventName, suggestEventName } from './event-name.ts'
export { type MoneyContext, type MoneyReading, type MoneyRule, parseMoney } from './money.ts'
export type { Flag } from './notes.ts'
export type { Outcome, Repair } from './outcome.ts'
export { redactText } from './pii.ts'
export { loadRates, type Rate, type Rates } from './rates.ts'
export { type ClientHints, type DeviceType, parseUserAgent, type UserAgentReading } from './user-agent.ts'
