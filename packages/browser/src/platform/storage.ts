/** localStorage under one prefix, as JSON. */
export interface Storage {
  /** `undefined` when there is nothing, or nothing that can be read. */
  read(key: string): unknown
  /** `undefined` removes. With `isVolatile`, for this page's life only, and nothing stays on the device. */
  write(key: string, value?: unknown, isVolatile?: boolean): void
  /** The keys that begin so. */
  keys(start: string): string[]
  /** Calls back when another tab changed something, or emptied all. */
  onChange(listener: () => void): void
}

/**
 * It may be missing, full or forbidden (private modes, sandboxed frames). This page's memory keeps what the device does not take:
 * a visitor's settings are not an error of the shop's.
 */
export function createStorage(prefix: string): Storage {
  const memory: Record<string, string> = {}
  let device = memory
  try {
    device = localStorage ?? memory // null in web views without DOM storage
  } catch {}
  return {
    read(key) {
      try {
        return JSON.parse(memory[prefix + key] ?? (device[prefix + key] as string)) // what is not there is no JSON
      } catch {
        return undefined
      }
    },
    write(key, value, isVolatile) {
      const name = prefix + key
      const text = JSON.stringify(value)
      delete memory[name]
      try {
        if (isVolatile) throw 0
        if (text) device[name] = text
        else delete device[name]
      } catch {
        delete device[name] // what stood there must not outlive what found no room
        memory[name] = text
      }
    },
    keys: (start) =>
      Object.keys(device)
        .filter((name) => name.startsWith(prefix + start))
        .map((name) => name.slice(prefix.length)),
    onChange: (listener) => addEventListener('storage', ({ key }) => (key ?? prefix).startsWith(prefix) && listener()),
  }
}
