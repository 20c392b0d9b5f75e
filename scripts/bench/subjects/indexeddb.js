/** One transaction per event, without waiting for it: the plainest way to keep events for good. */
let opening
let written = 0
let waits = 0
export function start() {
  const request = indexedDB.open('bench')
  request.onupgradeneeded = () => request.result.createObjectStore('events')
  opening = new Promise((resolve) => {
    request.onsuccess = () => resolve(request.result)
  })
  opening.then((database) => {
    opening = database
  })
}
export function track(name, properties) {
  waits++
  const transaction = opening.transaction('events', 'readwrite')
  transaction.oncomplete = () => waits--
  transaction.objectStore('events').put({ name, properties }, written++)
}
export const waiting = () => waits
