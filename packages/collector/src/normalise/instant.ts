/**
 * Reads when something happened: milliseconds since 1970, or an ISO 8601 text with date, time and zone (DT-ISO-ZONED). Every other text
 * has several readings or none, and gives `null`.
 */
export function readInstant(value: number | string): number | null {
  if (typeof value === 'number') return value
  const match = value.length <= 64 ? isoZoned.exec(value.trim()) : null
  if (match === null) return null
  const [, year, month, day, hour, minute, second = '00', fraction = '', zone = 'Z'] = match
  const utc = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second))
  const text = new Date(utc).toISOString()
  // A day that does not exist rolls over into one that does: only what comes back unchanged was real.
  if (!text.startsWith(`${year}-${month}-${day}T${hour}:${minute}:${second}`)) return null
  const offset = offsetMinutes(zone)
  return offset === null ? null : utc + Number(fraction.slice(0, 3).padEnd(3, '0')) - offset * 60_000
}

const isoZoned =
  /^(\d{4})-(\d{2})-(\d{2})[Tt ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,18}))?)? ?(Z|z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)$/

function offsetMinutes(zone: string): number | null {
  const match = /^([+-])(\d{2}):?(\d{2})?$/.exec(zone)
  if (match === null) return 0
  const [, sign, hours, minutes = '00'] = match
  const offset = Number(hours) * 60 + Number(minutes)
  const isReal = Number(minutes) <= 59 && offset <= (sign === '-' ? 12 : 14) * 60
  return isReal ? (sign === '-' ? -offset : offset) : null
}
