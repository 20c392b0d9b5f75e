import { describe, onTestFinished } from 'vitest'
import { createMemorySink } from '../../src/sinks/memory.ts'
import { createSqliteSink } from '../../src/sinks/sqlite/sqlite-sink.ts'
import { temporaryFolder } from '../start-collector.ts'
import { quarantineContract } from './quarantine.contract.ts'
import { subjectSecret } from './sink.contract.ts'

describe('in memory', () => quarantineContract(async () => createMemorySink()))

describe('in the embedded store', () =>
  quarantineContract(async () => {
    const projects = ['default', 'other'].map((id) => ({ id, timeZone: 'UTC', baseCurrency: 'EUR' }))
    const store = createSqliteSink({ folder: await temporaryFolder(), projects, subjectSecret })
    onTestFinished(() => store.close())
    await store.ready
    return store
  }))
