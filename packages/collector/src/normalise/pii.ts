import { emailIds } from './click-ids.ts'

/** Stands where something personal stood. */
export const redacted = 'REDACTED'

/**
 * Replaces in running text, such as a page's title, what names a person or lets one in: e-mail addresses, international telephone numbers,
 * card numbers, tokens (UR-PII). What only looks a little like them stays (UR-PII-KEEP). Redacting twice changes nothing more.
 */
export function redactText(text: string): string {
  if (!mayBePersonal(text)) return text
  return text
    .replace(emailShapes, redacted)
    .replace(phoneShapes, redacted)
    .replace(cardShapes, (digits) => (isCard(digits) ? redacted : digits))
    .replace(/\S+/g, (word) => (isPersonal(word) ? redacted : word))
}

/**
 * Is it worth a closer look? Nothing personal does without one of these signs, which most texts lack: `@`, `+` or `%`; 15 digits, or two
 * times four with a blank or a dash between them; the beginning of a token's second part; a personal name before an equals sign.
 */
export function mayBePersonal(text: string): boolean {
  // One look at each character: every text of every event comes by here.
  let digits = 0
  let isSecondGroup = false
  let hasEquals = false
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index)
    if (unit >= 48 && unit <= 57) {
      digits += 1
      if (digits === 15 || (isSecondGroup && digits === 4)) return true
      continue
    }
    isSecondGroup = digits >= 4 && (unit === 32 || unit === 45)
    digits = 0
    if (unit === 64 || unit === 43 || unit === 37 || (unit === 46 && text.startsWith('.eyJ', index))) return true
    hasEquals ||= unit === 61
  }
  return hasEquals && hasPersonalName(text)
}

/** Stands a personal name before an equals sign, as it does in an address? */
function hasPersonalName(text: string): boolean {
  for (let equals = text.indexOf('='); equals >= 0; equals = text.indexOf('=', equals + 1)) {
    let start = equals
    while (start > 0 && isNameUnit(text.charCodeAt(start - 1))) start -= 1
    if (start < equals && isPersonalKey(text.slice(start, equals))) return true
  }
  return false
}

/** A letter, a digit, or one of `-._[]`. */
const isNameUnit = (unit: number): boolean =>
  (unit >= 97 && unit <= 122) ||
  (unit >= 65 && unit <= 93 && unit !== 92) ||
  (unit >= 45 && unit <= 57 && unit !== 47) ||
  unit === 95

/** Does the value hold something personal, as it stands or percent-decoded up to three times? */
export const isPersonal = (value: string): boolean => mayBePersonal(value) && anyDecoding(value, hasPersonalShape)

/**
 * Does the value of a parameter hold something personal, or parameters within it that do? There and in paths a `+` after a letter or a
 * digit is a blank: `shoes+12345678` is a search, not a telephone number.
 */
export function isPersonalPart(value: string): boolean {
  if (!mayBePersonal(value)) return false
  const spaced = value.includes('+') ? value.replace(/(?<=[\p{L}\p{N}])\+/gu, ' ') : value
  return anyDecoding(spaced, (text) => hasPersonalShape(text) || hasPersonalParameter(text))
}

/** Is a parameter of this name personal, whatever its value? `customer[email]` is, like `email`. */
export function isPersonalKey(key: string): boolean {
  if (key.startsWith('utm_')) return false
  const name = decodePercent(key).toLowerCase()
  if (/^[a-z0-9_-]*$/.test(name)) return personalKeys.has(plain(name))
  return name.split(/[.[\]:]/).some((part) => personalKeys.has(plain(part)))
}

/** Does it hold for the text as it stands, or percent-decoded once, twice or three times? */
export function anyDecoding(value: string, holds: (text: string) => boolean): boolean {
  let text = value
  for (let round = 0; !holds(text); round += 1) {
    const decoded = round < 3 ? decodePercent(text) : text
    if (decoded === text) return false
    text = decoded
  }
  return true
}

/** Decodes what can be decoded and leaves the rest: `decodeURIComponent` would give up at the first stray percent sign. */
export const decodePercent = (text: string): string =>
  text.includes('%')
    ? text.replace(/(?:%[0-9a-f]{2})+/gi, (run) => Buffer.from(run.replaceAll('%', ''), 'hex').toString('utf8'))
    : text

/** `e-mail`, `E_Mail` and `email` are one name. */
const plain = (name: string): string => (/[^a-z0-9]/.test(name) ? name.replace(/[^a-z0-9]/g, '') : name)

const personalKeys: ReadonlySet<string> = new Set(
  [
    ...['email', 'mail', 'email_address', 'phone', 'phone_number', 'tel', 'telephone', 'mobile', 'msisdn'],
    ...[
      'first_name',
      'last_name',
      'full_name',
      'surname',
      'address',
      'street',
      'dob',
      'birthday',
      'date_of_birth',
      'ssn',
      'iban',
    ],
    ...['token', 'access_token', 'id_token', 'refresh_token', 'auth_token', 'jwt', 'auth', 'code', 'otp', 'magic_link', 'secret'],
    ...['password', 'passwd', 'pwd', 'api_key', 'session', 'session_id', 'sid', 'jsessionid', 'phpsessid'],
    ...['pan', 'card', 'card_number', 'cvv', 'cvc'],
    ...emailIds.keys(),
  ].map(plain),
)

// Begins where a run of its characters begins, so that hostile texts cost no more than their length. `file@2x.jpg` is a picture.
const email =
  /(?<![\p{L}\p{N}._%+'~-])[\p{L}\p{N}._%+'~-]+@(?!\d(?:\.\d)?x(?:[._-][a-z0-9]{1,32}){0,4}\.(?:avif|bmp|css|gif|ico|jpe?g|js|mp4|pdf|png|svg|webm|webp)(?![\p{L}\p{N}.-]))(?:[\p{L}\p{N}-]{1,63}\.){1,8}(?:xn--[a-z0-9-]{1,59}|\p{L}{2,63})/iu
const emailShapes = new RegExp(email, 'giu')
const phone = /\+\(?\d(?:[ ()./-]{0,2}\d){7,14}(?!\d)/
const phoneShapes = new RegExp(phone, 'g')
const cardShapes = /(?<!\d)(?:[3-6]\d{14,15}|[3-6]\d{3}([ -])\d{4}\1\d{4}\1\d{4}|3\d{3}([ -])\d{6}\2\d{5})(?!\d)/g
// Looks back from the second part: each dot is one place to begin, so that hostile texts cost no more than their length.
const jwt = /(?<=eyJ[\w-]*\.)eyJ[\w-]+\.[\w-]/

const hasPersonalShape = (text: string): boolean =>
  (text.includes('@') && email.test(text)) ||
  (text.includes('+') && phone.test(text)) ||
  (text.includes('.eyJ') && jwt.test(text)) ||
  hasCard(text)

const hasCard = (text: string): boolean => /\d{4}/.test(text) && (text.match(cardShapes)?.some(isCard) ?? false)

/** Luhn: every second digit from the right counts double. */
function isCard(text: string): boolean {
  const digits = text.replace(/\D/g, '')
  let sum = 0
  for (let index = 0; index < digits.length; index += 1) {
    const digit = digits.charCodeAt(digits.length - 1 - index) - 48
    const weighed = index % 2 === 0 ? digit : digit * 2
    sum += weighed > 9 ? weighed - 9 : weighed
  }
  return sum % 10 === 0
}

/** An address within an address: `/login?token=…` as the value of another parameter. */
function hasPersonalParameter(text: string): boolean {
  if (!text.includes('=')) return false
  for (const [, key = '', value] of text.matchAll(/(?<![\w.[\]-])([\w.[\]-]{1,64})=([^&;#]{0,9})/g)) {
    if (value !== '' && value !== redacted && isPersonalKey(key)) return true
  }
  return false
}
