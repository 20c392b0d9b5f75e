import { createMemorySink } from '../../src/sinks/memory.ts'
import { sinkContract } from './sink.contract.ts'

sinkContract(async () => createMemorySink())
