/**
 * JSON with sorted keys: two values that say the same give the same text, whatever order their keys came in.
 * The value must be JSON already and of bounded depth.
 */
export function canonicalJson(value: unknown): string {
  if (typeof value === 'string') return quoted(value)
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
  for (const key of sortedKeys(object)) {
    if (object[key] === undefined) continue
    text += `${text.length === 1 ? '' : ','}${quoted(key)}:${canonicalJson(object[key])}`
  }
  return `${text}}`
}

// Printable ASCII without the quotation mark and the backslash: nothing to escape.
const plain = /^[ !#-[\]-~]*$/
const quoted = (text: string): string => (plain.test(text) ? `"${text}"` : JSON.stringify(text))

/** By insertion, which is the fastest way for as few as most objects have; more than that by the engine's own. */
function sortedKeys(object: object): readonly string[] {
  const keys = Object.keys(object)
  if (keys.length > 32) return keys.sort()
  for (let from = 1; from < keys.length; from += 1) {
    const key = keys[from] as string // within the list
    let to = from
    for (; to > 0 && (keys[to - 1] as string) > key; to -= 1) keys[to] = keys[to - 1] as string
    keys[to] = key
  }
  return keys
}
