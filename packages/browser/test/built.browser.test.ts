import { trackerContract } from './tracker.contract.ts'

// What is published: its own names are shortened, and a name too many would break it.
trackerContract('../dist/index.js')
