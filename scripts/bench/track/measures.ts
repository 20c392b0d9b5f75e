import type { Bench } from '../table.ts'

/** What is measured, in the words of the tables: the most that it may be for us by CPU throttling, and whether it is a burst's figure. */
const measures = {
  'in a loop, µs': { 1: 6 },
  'single call, µs': { 1: 130 },
  'main thread, ms': { 1: 180, 4: 700, isOfBurst: true },
  'longest task, ms': { 1: 50, 4: 120, isOfBurst: true },
  'queue empty, ms': { 1: 1_000, isOfBurst: true },
  requests: { isOfBurst: true },
  'bytes an event': { 1: 54, 4: 54, isOfBurst: true },
  'evaluate + init, ms': { 1: 3 },
} satisfies Record<string, { readonly [throttling: number]: number; readonly isOfBurst?: boolean }>

export type Measure = keyof typeof measures
export const allMeasures = Object.keys(measures) as Measure[] // an object's keys are strings to TypeScript, these are its own

/** One subject's figures. */
export interface Figures {
  readonly subject: string
  /** Whether every event of every burst arrived in time. What is given up costs nothing, so that a burst that lost some proves nothing. */
  readonly isWhole: boolean
  readonly of: Readonly<Record<Measure, number>>
}

/** Our figures beside our goals, and beside the best peer of each row. */
export function judge(throttling: number, ours: Figures, peers: readonly Figures[]): Bench['rows'] {
  return allMeasures.map((measure) => {
    const { isOfBurst = false, ...goals }: { readonly [throttling: number]: number; readonly isOfBurst?: boolean } =
      measures[measure]
    const goal = goals[throttling]
    const found = ours.of[measure]
    const [best] = peers
      .filter(({ isWhole }) => isWhole || !isOfBurst)
      .toSorted((one, other) => one.of[measure] - other.of[measure])
    const bar = best?.of[measure]
    return {
      'CPU throttling': `${throttling}x`,
      measure,
      Footfall: found,
      'at most': goal ?? '-',
      goal: goal === undefined ? '-' : found <= goal ? 'met' : 'MISSED',
      'best peer': bar ?? '-',
      'which is': best?.subject ?? '-',
      'beside it': bar === undefined ? '-' : found < bar ? 'ahead' : found === bar ? 'level' : 'BEHIND',
    }
  })
}
