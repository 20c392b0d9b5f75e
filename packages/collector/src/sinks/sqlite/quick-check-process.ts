import { DatabaseSync } from 'node:sqlite'
import { pathToFileURL } from 'node:url'
import type { CheckedStore } from './quick-check.ts'

const [, , file = '', how] = process.argv
process.send?.(check(), () => process.disconnect())

function check(): CheckedStore {
  try {
    const db = open()
    try {
      const { quick_check: finding } = db.prepare('PRAGMA quick_check(1)').get() as { quick_check: string }
      return finding === 'ok' ? { kind: 'whole' } : { kind: 'damaged', finding: finding.split('\n')[0] ?? '' }
    } finally {
      db.close()
    }
  } catch (cause) {
    return { kind: 'unreadable', reason: cause instanceof Error ? cause.message : String(cause) }
  }
}

function open(): DatabaseSync {
  if (how !== 'alone') return new DatabaseSync(file, { readOnly: true, timeout: 5000 })
  const url = pathToFileURL(file)
  url.searchParams.set('immutable', '1')
  return new DatabaseSync(url, { readOnly: true })
}
