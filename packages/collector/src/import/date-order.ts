/** What the dates of a file say about the order in which they are written. */
export interface DateOrderEvidence {
  /** Dates that can only have their day first, or their month first. */
  readonly dayFirst: number
  readonly monthFirst: number
  /** Dates with two readings, and one of them. */
  readonly open: number
  readonly example: string | null
}

export interface DateOrderSurvey {
  /** Looks at one more text. */
  look(text: unknown): void
  readonly evidence: () => DateOrderEvidence
}

const figures = /^\s*"?(\d{1,2})([/-])(\d{1,2})\2(?:\d{4}|\d{2})\b/

/**
 * Counts over a whole file what its dates can be. It is for a person to decide by: an order is never taken from it, and never row by row.
 */
export function surveyDateOrder(): DateOrderSurvey {
  let dayFirst = 0
  let monthFirst = 0
  let open = 0
  let example: string | null = null
  return {
    look(text) {
      const [, first, , second] = (typeof text === 'string' ? figures.exec(text) : null) ?? []
      if (first === undefined || first === second) return
      if (Number(first) > 12) dayFirst += 1
      else if (Number(second) > 12) monthFirst += 1
      else {
        open += 1
        example ??= String(text).trim()
      }
    },
    evidence: () => ({ dayFirst, monthFirst, open, example }),
  }
}

/** The order that all certain dates have; `null` where there are none, or of both kinds. */
export function proposedOrder({ dayFirst, monthFirst }: DateOrderEvidence): 'DMY' | 'MDY' | null {
  if (dayFirst > 0 && monthFirst === 0) return 'DMY'
  if (monthFirst > 0 && dayFirst === 0) return 'MDY'
  return null
}
