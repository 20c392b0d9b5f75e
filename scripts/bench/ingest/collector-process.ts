// As in `footfall serve`.
import '../../../packages/collector/src/heap-flags.ts'
import { type Collector, createCollector, listen } from '@footfall/collector'
import type { Store } from '../../../packages/collector/src/sinks/sink.ts'
import { createSqliteSink } from '../../../packages/collector/src/sinks/sqlite/sqlite-sink.ts'
import { projects, settings, subjectSecret } from './deliveries.ts'
import { answerQuestions } from './processes.ts'
import { type Span, watchUsage } from './usage.ts'

let collector: Collector | null = null
let store: Store | null = null
const usageIn = watchUsage()

answerQuestions({
  async open(folder: string) {
    store = createSqliteSink({ folder, projects, subjectSecret })
    collector = createCollector({ ...settings, dataDir: folder }, { store })
    await collector.ready
    return (await listen(collector, '127.0.0.1', 0)).port
  },
  usage: (span: Span) => usageIn(span),
  /** Removes what was received before; answers how long it took, in ms. */
  async retain(before: number) {
    const started = performance.now()
    const cutoffs = { necessary: before, analytics: before, personalization: before, marketing: before }
    const aged = await store?.retain([{ project: 'default', cutoffs }])
    return { ms: performance.now() - started, events: aged?.[0]?.events ?? 0 }
  },
  close: () => collector?.close(),
})
