import { type ReadonlySignal, signal } from '@preact/signals'
import * as v from 'valibot'

/** A value of the shop's that outlives the page, under `shop.<key>` in localStorage. */
export interface Stored<T> {
  readonly value: ReadonlySignal<T>
  /** Keeps a value. The empty one is not kept but removed, so that an emptied cart leaves nothing behind. */
  keep(value: T): void
}

/**
 * Reads what an earlier visit kept, and follows other tabs. Nothing is written until `keep` is called: who only looks around leaves
 * no trace. What cannot be read (an older shop's data, a visitor's own edits) counts as empty.
 */
export function stored<T>(key: string, schema: v.GenericSchema<unknown, T>, empty: T): Stored<T> {
  const name = `shop.${key}`
  const read = (): T => {
    const result = v.safeParse(schema, readJson(name))
    return result.success ? result.output : empty
  }
  const value = signal(read())
  addEventListener('storage', (event) => {
    if (event.key === name || event.key === null) value.value = read()
  })
  return {
    value,
    keep(next) {
      value.value = next
      writeJson(name, JSON.stringify(next) === JSON.stringify(empty) ? undefined : next)
    },
  }
}

// Storage can be forbidden or full, by the visitor's settings. The shop then forgets at the end of the visit, and goes on selling.
function readJson(name: string): unknown {
  try {
    return JSON.parse(localStorage.getItem(name) ?? 'null')
  } catch {
    return null
  }
}

function writeJson(name: string, value: unknown): void {
  try {
    if (value === undefined) localStorage.removeItem(name)
    else localStorage.setItem(name, JSON.stringify(value))
  } catch {
    // see above
  }
}
