import { createMemorySink } from '../../src/sinks/memory.ts'
import { registryContract } from './registry.contract.ts'
import { renamingContract } from './renaming.contract.ts'
import { sinkContract } from './sink.contract.ts'

sinkContract(async () => createMemorySink())
registryContract(async () => createMemorySink())
renamingContract(async () => createMemorySink())
