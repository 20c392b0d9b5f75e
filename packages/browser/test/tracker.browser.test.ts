import { trackerContract } from './tracker.contract.ts'

trackerContract('../src/index.ts')
