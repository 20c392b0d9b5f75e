import { createStore, promisifyRequest } from 'idb-keyval'
import { counterId, type Queue } from './queue.ts'

/** Whose events were counted last, and how far. */
type Counter = [owner?: string, seq?: number]

const from = (id = '0') => IDBKeyRange.lowerBound(id)

/**
 * Waits in IndexedDB, one key per event. A transaction that completed survives the death of the tab and of the browser.
 *
 * Numbers are given inside the transaction that writes the event: tabs that write at the same time neither repeat nor skip one.
 * Nothing is opened before the first use, so that a visitor who has agreed to nothing finds no database.
 */
export function createIdbQueue(name: string): Queue {
  const store = createStore(name, 'events')
  return {
    put: (events) =>
      store('readwrite', async (table) => {
        // Ids sort by time: what is here already stands between the first and the last of these.
        const present = table.getAllKeys(from(events.map(({ id }) => id).sort()[0]))
        let [owner, seq = 0]: Counter = (await promisifyRequest(table.get(counterId))) ?? []
        for (const event of events) {
          if (present.result.includes(event.id)) continue
          if (event.owner) {
            // A new visitor is counted from 1, and the one before forgotten, so that nothing links the two.
            seq = event.seq = event.owner === owner ? seq + 1 : 1
            owner = event.owner
          }
          table.put(event, event.id)
        }
        if (owner) table.put([owner, seq], counterId)
        const count = table.count(from())
        await promisifyRequest(table.transaction)
        return count.result
      }),
    peek: (count) => store('readonly', (table) => promisifyRequest(table.getAll(from(), count))),
    remove: (events) =>
      store('readwrite', (table) => {
        for (const { id } of events) table.delete(id)
        return promisifyRequest(table.count(from()))
      }),
  }
}
