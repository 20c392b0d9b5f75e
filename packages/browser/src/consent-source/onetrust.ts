import type { ConsentSource } from './source.ts'

/** May be there as mere configuration before it is ready. */
declare const OneTrust: { IsAlertBoxClosed(): boolean }
/** `,C0001,C0003,` */
declare const OnetrustActiveGroups: string

/** OneTrust and CookiePro. Categories are the ids of the account's groups. */
export const oneTrust: ConsentSource = {
  name: 'onetrust',
  purposes: { analytics: 'C0002', personalization: 'C0003', marketing: 'C0004' },
  detect: () => 'OneTrust' in window,
  read() {
    const active = OnetrustActiveGroups.split(',')
    return { explicit: OneTrust.IsAlertBoxClosed() === true, state: (id) => active.includes(id) }
  },
  subscribe(callback) {
    OneTrust.IsAlertBoxClosed() // or it is not there yet
    addEventListener('OneTrustGroupsUpdated', () => {
      callback()
      // It may tell of the answer before it has closed its box.
      setTimeout(callback)
    })
  },
}
