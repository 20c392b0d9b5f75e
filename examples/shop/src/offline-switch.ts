import { type ReadonlySignal, signal } from '@preact/signals'

/** The demo's own switch: while it is on, nothing this page sends reaches the collector. */
export interface OfflineSwitch {
  readonly isOffline: ReadonlySignal<boolean>
  flip(): void
}

/**
 * Puts itself between the page and the collector. It has to be installed before the tracker is made.
 *
 * It plays what a lost network does to a page: requests fail, a beacon is taken and goes nowhere, `navigator.onLine` says so and
 * `offline` and `online` are told to the window. No shop needs this; a person who tries the tracker out does.
 */
export function installOfflineSwitch(endpoint: string): OfflineSwitch {
  const collector = new URL(endpoint, location.href).origin
  const offline = signal(false)
  const isCut = (address: string | URL | Request): boolean =>
    offline.value && new URL(address instanceof Request ? address.url : address, location.href).origin === collector

  const { fetch } = globalThis
  globalThis.fetch = (input, init) =>
    isCut(input) ? Promise.reject(new TypeError('Failed to fetch (the demo is offline)')) : fetch.call(globalThis, input, init)

  // Some browsers make a request for a page after its end.
  const later = globalThis as { fetchLater?: typeof globalThis.fetch }
  const { fetchLater } = later
  if (fetchLater)
    later.fetchLater = (input, init) => {
      if (isCut(input)) throw new DOMException('The demo is offline', 'NotAllowedError')
      return fetchLater.call(globalThis, input, init)
    }

  const sendBeacon = navigator.sendBeacon.bind(navigator)
  navigator.sendBeacon = (address, body) => isCut(address) || sendBeacon(address, body)

  return {
    isOffline: offline,
    flip() {
      offline.value = !offline.value
      // An own property hides the browser's answer; taking it away gives the true one back.
      if (offline.value) Object.defineProperty(navigator, 'onLine', { configurable: true, value: false })
      else Reflect.deleteProperty(navigator, 'onLine')
      dispatchEvent(new Event(offline.value ? 'offline' : 'online'))
    },
  }
}
