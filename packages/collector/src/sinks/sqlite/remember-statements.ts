import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { LRUCache } from 'lru-cache'

/** More than all kinds of work together have; texts with a number of places in them could be any number. */
const maxStatements = 500

/**
 * Compiles each text once for a connection. What is compiled anew for each piece of work, as 73 statements of each erasure were, lies about
 * until garbage is collected, which does not know how large it is: a process that erased somebody every ten seconds grew by a megabyte a
 * minute.
 */
export function rememberStatements(db: DatabaseSync): DatabaseSync {
  const known = new LRUCache<string, StatementSync>({ max: maxStatements })
  const compile = db.prepare.bind(db)
  db.prepare = (text) => {
    const found = known.get(text)
    if (found !== undefined) return found
    const statement = compile(text)
    known.set(text, statement)
    return statement
  }
  return db
}
