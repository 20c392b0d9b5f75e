import { webkit } from '@footfall/testkit/engines'
import { lossSuite } from './suite.ts'

lossSuite(webkit)
