/** What a tracker with this write key has left on this device. */
export interface Device {
  /** Keys in localStorage, without what they have in common. */
  readonly keys: readonly string[]
  /** Keys in the queue's database: ids of events, and `#` for the counter. Undefined when there is no database. */
  readonly queue: readonly string[] | undefined
}

export async function readDevice(writeKey: string): Promise<Device> {
  const name = `footfall:${writeKey}`
  const keys = Object.keys(localStorage).flatMap((key) =>
    key.startsWith(`${name}:`)
      ? key.slice(name.length + 1)
      : key.startsWith(`footfall-spool:${writeKey}:`)
        ? key.replace(`footfall-spool:${writeKey}`, 'spool')
        : [],
  )
  const exists = (await indexedDB.databases()).some((database) => database.name === name)
  if (!exists) return { keys: keys.toSorted(), queue: undefined }
  const database = await settled(indexedDB.open(name))
  const queue = await settled(database.transaction('events').objectStore('events').getAllKeys())
  database.close()
  return { keys: keys.toSorted(), queue: queue.map(String) }
}

/** Puts a record into the queue's database, as an earlier page would have. */
export async function writeToQueue(writeKey: string, records: Readonly<Record<string, unknown>>): Promise<void> {
  const opening = indexedDB.open(`footfall:${writeKey}`)
  opening.onupgradeneeded = () => opening.result.createObjectStore('events')
  const database = await settled(opening)
  const table = database.transaction('events', 'readwrite').objectStore('events')
  for (const [key, value] of Object.entries(records)) await settled(table.put(value, key))
  database.close()
}

const settled = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
