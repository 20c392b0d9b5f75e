export { follow } from './consent-source/follow.ts'
export type { ConsentSource, Mapping, Reading } from './consent-source/source.ts'
export { tcf } from './consent-source/tcf.ts'
