import { createMemoryQueue } from '../../src/queue/memory-queue.ts'
import { queueContract } from './queue.contract.ts'

queueContract(createMemoryQueue)
