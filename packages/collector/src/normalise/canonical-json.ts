/**
 * JSON with sorted keys: two values that say the same give the same text, whatever order their keys came in.
 * The value must be JSON already and of bounded depth.
 */
export function canonicalJson(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  return Array.isArray(value) ? canonicalList(value) : canonicalObject(value as Readonly<Record<string, unknown>>)
}

// Plain loops: this runs for every event, and on most of them it is the largest part of the work.

function canonicalList(list: readonly unknown[]): string {
  let text = '['
  for (let index = 0; index < list.length; index += 1) text += (index === 0 ? '' : ',') + canonicalJson(list[index])
  return `${text}]`
}

function canonicalObject(object: Readonly<Record<string, unknown>>): string {
  let text = '{'
  for (const key of Object.keys(object).sort()) {
    if (object[key] === undefined) continue
    text += `${text.length === 1 ? '' : ','}${JSON.stringify(key)}:${canonicalJson(object[key])}`
  }
  return `${text}}`
}
