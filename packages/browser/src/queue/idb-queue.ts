import { createStore, promisifyRequest } from 'idb-keyval'
import { isOfThisPage, type Sealed } from '../capture/seal.ts'
import { type Queue, sizeOf } from './queue.ts'

/** Whose events were counted last and how far, and how many bytes wait. */
type Tally = [owner?: string, seq?: number, bytes?: number]

/** Under this key stands the tally. It sorts before every event's. */
const tallyKey = '#'

const from = (id: string) => IDBKeyRange.lowerBound(id)

/**
 * Waits in IndexedDB, one key per event. A transaction that completed survives the death of the tab and of the browser.
 *
 * The tally is changed inside the transaction that changes the events: tabs that write at the same time neither repeat nor skip a number.
 * Nothing is opened before the first use, so that a visitor who has agreed to nothing finds no database.
 */
export function createIdbQueue(name: string): Queue {
  const store = createStore(name, 'events')
  return {
    change: (added, removed) =>
      store('readwrite', async (table) => {
        // Ids sort by time: what is here already stands between the first and the last of these. No id is as high as `g`.
        const present = table.getAllKeys(from(added.map(({ id }) => id).sort()[0] ?? 'g'))
        let [owner, seq = 0, bytes = 0]: Tally = (await promisifyRequest(table.get(tallyKey))) ?? []
        for (const event of added) {
          if (present.result.includes(event.id)) continue
          // A new visitor is counted from 1, and the one before forgotten, so that nothing links the two. What an earlier page left of
          // another visitor goes without a number.
          if (event.owner && (!owner || event.owner === owner || isOfThisPage(event))) {
            seq = event.seq = event.owner === owner ? seq + 1 : 1
            owner = event.owner
          }
          bytes += sizeOf(event)
          table.put(event, event.id)
        }
        for (const event of removed) {
          bytes -= sizeOf(event)
          table.delete(event.id)
        }
        const count = await promisifyRequest(table.count(from('0')))
        // Tabs without a lock may have taken the same away twice: an empty queue is where the sum is known.
        bytes = count && bytes
        if (owner) table.put([owner, seq, bytes], tallyKey)
        await promisifyRequest(table.transaction)
        return [count, bytes]
      }),
    retain: (keep, isAll) =>
      store('readwrite', async (table) => {
        const events: Sealed[] = await promisifyRequest(table.getAll(from('0')))
        for (const event of events) if (!keep(event)) table.delete(event.id)
        if (isAll) table.delete(tallyKey)
        await promisifyRequest(table.transaction)
        return [events.filter(keep).length, 0]
      }),
    peek: (count) => store('readonly', (table) => promisifyRequest(table.getAll(from('0'), count))),
  }
}
