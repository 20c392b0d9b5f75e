export { follow } from './consent-source/follow.ts'
export { gpp } from './consent-source/gpp.ts'
export type { ConsentSource, Mapping, Reading } from './consent-source/source.ts'
