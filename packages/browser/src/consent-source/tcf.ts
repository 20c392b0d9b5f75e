import type { ConsentSource, Mapping } from './source.ts'

/** What is used of it. @see https://github.com/InteractiveAdvertisingBureau/GDPR-Transparency-and-Consent-Framework (CMP API v2) */
interface TcData {
  readonly gdprApplies?: boolean
  readonly cmpStatus: string
  readonly eventStatus: string
  readonly purpose: { readonly consents: Readonly<Record<number, unknown>> }
  readonly publisher: { readonly consents: Readonly<Record<number, unknown>> }
}
declare const __tcfapi: (command: string, version: 2, callback: (data: TcData, success: boolean) => void) => void

/**
 * All TCF purposes that make up one of ours. 1 is storing on the device, without which nothing else can be. TCF has nothing to grant
 * about the sale of data (so 1 is not named); an opt-out from it is one from 2 as well.
 */
export const tcfPurposes: Mapping<readonly number[]> = {
  analytics: [1, 8, 9],
  personalization: [1, 5, 6],
  marketing: [1, 2, 3, 4, 7],
  sale_of_data: [2],
}

/**
 * Any platform that speaks IAB TCF 2.2 or 2.3.
 * @param whose the consents that count: those per `purpose`, or those that the platform asks for on behalf of this site, the `publisher`
 */
export function tcf(whose: 'purpose' | 'publisher' = 'purpose'): ConsentSource<readonly number[]> {
  let data: TcData | undefined
  return {
    name: 'tcf',
    purposes: tcfPurposes,
    detect: () => '__tcfapi' in window,
    read() {
      const { eventStatus, [whose]: given } = data as TcData // or nothing, which throws
      return {
        explicit: /^(tcloaded|useractioncomplete)$/.test(eventStatus),
        // A purpose that is not named was not consented to.
        state: (ids) => ids[1] && ids.every((id) => given.consents[id] === true),
      }
    },
    subscribe(callback) {
      __tcfapi('addEventListener', 2, (event, success) => {
        // Where the law does not apply nobody was asked. A dialog that is opened again changes nothing until it is answered.
        if (
          success &&
          event.cmpStatus === 'loaded' &&
          event.gdprApplies !== false &&
          (event.eventStatus !== 'cmpuishown' || !data)
        ) {
          data = event
          callback()
        }
      })
    },
  }
}
