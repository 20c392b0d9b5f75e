import { chromium } from '@footfall/testkit/engines'
import { consentSuite } from './suite.ts'

consentSuite(chromium)
