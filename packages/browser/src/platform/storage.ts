// localStorage, as JSON. It may be missing, full or forbidden (private modes, sandboxed frames): the page's memory keeps what the device
// does not take, as a visitor's settings are not an error of the shop's.

const memory: Record<string, string> = {}

// Kept from the start: WebKit takes it away from a window that is being closed.
let device = memory
try {
  device = localStorage ?? memory // null in web views without DOM storage
} catch {}

/** What stands under this name; an empty object when there is nothing, or nothing that can be read. */
export const read = (name: string): object => {
  try {
    // As text, null is JSON: a missing name is no error, which would cost a millisecond.
    return Object(JSON.parse(memory[name] ?? device[name] ?? (null as never)))
  } catch {
    return {}
  }
}

/** `undefined` removes. With `isVolatile`, for this page's life only, and nothing stays on the device. */
export const write = (name: string, value?: unknown, isVolatile?: boolean): void => {
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
}

/** The names that begin so. */
export const namesOf = (start: string): string[] => Object.keys(device).filter((name) => name.startsWith(start))

/** Calls back when another tab changed something under a name that begins so, or emptied all. */
export const onChange = (start: string, listener: () => void): void =>
  addEventListener('storage', ({ key }) => (key ?? start).startsWith(start) && listener())
