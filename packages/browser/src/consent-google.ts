export { follow } from './consent-source/follow.ts'
export { googleConsent, googleConsentOutput, type OtherSignals } from './consent-source/google.ts'
export type { ConsentSource, Mapping, Reading } from './consent-source/source.ts'
