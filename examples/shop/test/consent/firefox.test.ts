import { firefox } from '@footfall/testkit/engines'
import { consentSuite } from './suite.ts'

consentSuite(firefox)
