/** localStorage under one prefix, as JSON. */
export interface Storage {
  read(key: string): unknown
  /** `undefined` removes. */
  write(key: string, value: unknown): void
  /** The keys that begin so. */
  keys(start: string): string[]
  /** Calls back when another tab changed the key, or emptied all. */
  onChange(key: string, listener: () => void): void
}

/**
 * It may be missing, full or forbidden (private modes, sandboxed frames). From the first failure on, this page's memory stands in:
 * a visitor's settings are not an error of the shop's.
 */
export function createStorage(prefix: string): Storage {
  let box: Record<string, string> = {}
  try {
    box = localStorage
  } catch {}
  return {
    read: (key) => JSON.parse(box[prefix + key] ?? 'null') ?? undefined,
    write(key, value) {
      try {
        if (value === undefined) delete box[prefix + key]
        else box[prefix + key] = JSON.stringify(value)
      } catch {
        box = { ...box, [prefix + key]: JSON.stringify(value) }
      }
    },
    keys: (start) => Object.keys(box).flatMap((key) => (key.startsWith(prefix + start) ? key.slice(prefix.length) : [])),
    onChange: (key, listener) => addEventListener('storage', (change) => (change.key ?? prefix + key) === prefix + key && listener()),
  }
}
