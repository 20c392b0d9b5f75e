import { createStore, promisifyRequest } from 'idb-keyval'
import type { Sealed } from '../capture/seal.ts'
import { numberEvents, type Queue } from './queue.ts'

/** The counter stands in the events' own store, so that one transaction covers both. It sorts before every UUID. */
const counterKey = '#'
const all = () => IDBKeyRange.lowerBound('0')

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
        let numbered: readonly Sealed[] = []
        const counter = table.get(counterKey)
        // Ids sort by time: what is here already stands between the first and the last of these.
        const ids = events.map(({ id }) => id).sort()
        const present = table.getAllKeys(IDBKeyRange.bound(ids[0], ids.at(-1)))
        present.onsuccess = () => {
          const [added, to] = numberEvents(
            counter.result,
            events.filter(({ id }) => !present.result.includes(id)),
          )
          for (const event of added) table.put(event, event.id)
          if (added.some(({ seq }) => seq)) table.put(to, counterKey)
          numbered = added
        }
        await promisifyRequest(table.transaction)
        return numbered
      }),
    peek: (count) => store('readonly', (table) => promisifyRequest<Sealed[]>(table.getAll(all(), count))),
    remove: (ids) =>
      store('readwrite', (table) => {
        for (const id of ids) table.delete(id)
        return promisifyRequest(table.transaction)
      }),
    count: () => store('readonly', (table) => promisifyRequest(table.count(all()))),
    clear: () => store('readwrite', (table) => promisifyRequest(table.clear())),
  }
}
