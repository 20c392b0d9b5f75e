import { describe } from 'vitest'
import { platforms, tcfWithoutStub } from './platforms.ts'
import { sourceContract } from './source.contract.ts'

for (const [name, setup] of Object.entries(platforms)) sourceContract(name, setup)
describe('a page without the stub', () => sourceContract('tcf', tcfWithoutStub))
