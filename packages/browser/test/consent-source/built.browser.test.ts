import { platforms } from './platforms.ts'
import { sourceContract } from './source.contract.ts'

// What is published.
for (const [name, setup] of Object.entries(platforms)) sourceContract(name, setup, 'dist')
