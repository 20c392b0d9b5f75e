import type { ConsentSource } from './source.ts'
import { tcfPurposes } from './tcf.ts'

type Section = { readonly PurposeConsents: readonly unknown[] }
/** By name; some platforms tell a section in segments, the first of which has its purposes. */
type Sections = Readonly<Record<string, Section | readonly Section[]>>
/** What is used of it. @see https://github.com/InteractiveAdvertisingBureau/Global-Privacy-Platform (CMP API 1.1) */
interface Ping {
  readonly signalStatus: string
  readonly parsedSections: Sections
}
declare const __gpp: (command: string, callback: (event: { readonly pingData?: Ping }) => void) => void

/**
 * Any platform that speaks IAB GPP 1.1. Its European section, where it applies, grants and denies as TCF does. In the sections of US
 * states an opt-out denies marketing and the sale of data, wherever the visitor is; the lack of one grants nothing.
 */
export function gpp(): ConsentSource<readonly number[]> {
  let sections: Sections | undefined
  return {
    name: 'gpp',
    purposes: tcfPurposes,
    detect: () => '__gpp' in window,
    read() {
      const consents = [(sections as Sections).tcfeuv2].flat()[0]?.PurposeConsents // or nothing, which throws
      return {
        explicit: true,
        // SaleOptOut, SharingOptOut, TargetedAdvertisingOptOut, OptOutSale; 1 is yes. All of them are about what ads need.
        state: (ids) =>
          ids.includes(2) && /Out(Sale)?":1/.test(JSON.stringify(sections))
            ? false
            : consents && ids[1] && ids.every((id) => consents[id - 1] === true),
      }
    },
    subscribe(callback) {
      __gpp('addEventListener', ({ pingData }) => {
        // Not ready is also a dialog that is opened again: it changes nothing until it is answered.
        if (pingData?.signalStatus === 'ready') {
          sections = pingData.parsedSections
          callback()
        }
      })
    },
  }
}
