import { firefox } from '@footfall/testkit/engines'
import { lossSuite } from './suite.ts'

lossSuite(firefox)
