import { effect, type Signal, signal } from '@preact/signals'
import * as v from 'valibot'
import { consent } from '../tracking.ts'

/**
 * A value that is convenient and not necessary: known for this visit, and kept on the device only while the visitor agrees to
 * personalization. Taking that back removes it.
 */
export function remembered<T>(key: string, schema: v.GenericSchema<unknown, T>, empty: T): Signal<T> {
  const name = `shop.${key}`
  const value = signal(isAgreed() ? (read(name, schema) ?? empty) : empty)
  let wasAgreed = isAgreed()
  effect(() => {
    const json = JSON.stringify(value.value)
    const isNow = isAgreed()
    try {
      if (isNow && json !== JSON.stringify(empty)) localStorage.setItem(name, json)
      else if (wasAgreed) localStorage.removeItem(name)
    } catch {
      // The visitor forbids storage, or it is full: then nothing is remembered, as agreed.
    }
    wasAgreed = isNow
  })
  return value
}

const isAgreed = (): boolean => consent.value.personalization === 'granted'

function read<T>(name: string, schema: v.GenericSchema<unknown, T>): T | undefined {
  try {
    const result = v.safeParse(schema, JSON.parse(localStorage.getItem(name) ?? 'null'))
    return result.success ? result.output : undefined
  } catch {
    return undefined
  }
}
