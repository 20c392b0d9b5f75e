export { Batch, type BatchInput, type DropReason, dropReasons, Problem, Receipt, Verdict } from './batch.ts'
export { type Default, type EventDefinition, type EventPart, eventParts, type Vocabularies } from './catalogue/define-event.ts'
export { describeProperties, type PropertyDescription } from './catalogue/describe-properties.ts'
export { type CatalogueProperties, catalogue, type EventMap, type EventName, type ExtraProperties } from './catalogue/index.ts'
export { Money } from './catalogue/money.ts'
export { Product } from './catalogue/product.ts'
export { propertyAliases } from './catalogue/property-aliases.ts'
export { protectedNames } from './catalogue/protected-names.ts'
export { ConsentSnapshot, ConsentState } from './consent.ts'
export {
  ConsentReceipt,
  ConsentRecord,
  type ConsentRecordInput,
  type DecisionPurpose,
  decisionPurposes,
  maxConsentRecordBytes,
} from './consent-record.ts'
export { Envelope, type EnvelopeInput, Page, Session, Traits } from './envelope.ts'
export * as limits from './limits.ts'
export { allows, type ConsentPurpose, consentPurposes, type Purpose, purposeOf, purposes } from './purposes.ts'
