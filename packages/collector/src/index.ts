export { type Collector, type CollectorPorts, createCollector } from './collector.ts'
export {
  type CollectorOptions,
  type Config,
  loadOptions,
  loadTraceSettings,
  type Project,
  type ProjectOptions,
  resolveConfig,
} from './config.ts'
export { type EventCode, eventCodes, type FaultCode, FootfallError, faults, type RefusalCode, refusals } from './errors.ts'
export { type ListeningCollector, type ListenLimits, listen } from './listen.ts'
export { type PinnedTracker, pinnedTracker } from './pinned-tracker.ts'
export type { LiveEvent, LiveMessage } from './reports/questions.ts'
export type { Delivery, EventRecord, Fate, Sink, Store } from './sinks/sink.ts'
export type { StoredEvent, StoredQuarantine } from './sinks/stored-event.ts'
