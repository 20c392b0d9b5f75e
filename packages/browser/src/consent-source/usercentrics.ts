import { type ConsentSource, listen } from './source.ts'

interface Service {
  readonly categorySlug: string
  readonly consent: { readonly status: unknown; readonly history: readonly { readonly type: 'explicit' | 'implicit' }[] }
}
interface Details {
  readonly consent: { readonly type: string }
  readonly categories: Readonly<Record<string, { readonly state: string }>>
}
declare const UC_UI: { getServicesBaseInfo(): readonly Service[] }
declare const __ucCmp: { getConsentDetails(): Promise<Details> }

const events = 'UC_UI_INITIALIZED UC_UI_CMP_EVENT'
/** Its own text for `functional` speaks of measuring. None speaks of personalisation. */
const purposes = { analytics: 'functional', marketing: 'marketing' }

/** Usercentrics 2. Categories are the slugs of its own. */
export const usercentrics: ConsentSource = {
  name: 'usercentrics',
  purposes,
  detect: () => 'UC_UI' in window,
  read() {
    const services = UC_UI.getServicesBaseInfo()
    // An entry of the history that the visitor made; it says so nowhere else.
    const isExplicit = (what: unknown) => JSON.stringify(what).includes('"type":"explicit"')
    return {
      explicit: isExplicit(services),
      state(slug) {
        const inside = services.filter(({ categorySlug }) => categorySlug === slug)
        // A service that came after the decision was not decided about.
        return inside[0] && inside.every((service) => service.consent.status === true && isExplicit(service))
      },
    }
  },
  subscribe: (callback) => listen(events, callback),
}

/** Usercentrics 3. Categories are the slugs of its own. */
export function usercentrics3(): ConsentSource {
  let details: Details | undefined
  return {
    name: 'usercentrics3',
    purposes,
    detect: () => '__ucCmp' in window,
    read: () =>
      details && {
        explicit: details.consent.type === 'EXPLICIT',
        state: (slug) => details?.categories[slug] && details.categories[slug].state === 'ALL_ACCEPTED',
      },
    subscribe(callback) {
      // Its events carry no state.
      const ask = async () => {
        try {
          details = await __ucCmp.getConsentDetails()
          callback()
        } catch {} // it has not said anything
      }
      void ask()
      listen(events, ask)
    },
  }
}
