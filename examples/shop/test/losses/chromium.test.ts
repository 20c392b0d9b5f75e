import { chromium } from '@footfall/testkit/engines'
import { lossSuite } from './suite.ts'

lossSuite(chromium)
