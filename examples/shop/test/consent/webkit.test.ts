import { webkit } from '@footfall/testkit/engines'
import { consentSuite } from './suite.ts'

consentSuite(webkit)
