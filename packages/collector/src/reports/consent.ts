import type { ConsentAnswerKind, ConsentCount } from '../consent/ledger.ts'
import type { ConsentAnswer, ConsentFigures, ConsentQuestion, ConsentRow } from './questions.ts'

/** One definition of the answer for every store. `answers` is 1 where it is left out. */
export function consentAnswer(
  { from, to, timeZone }: ConsentQuestion,
  counts: Iterable<ConsentCount & { readonly answers?: number }>,
): ConsentAnswer {
  const rows = new Map<string, Row>()
  for (const { day, purpose, region, device, version, answer, answers = 1 } of counts) {
    const key = JSON.stringify([day, purpose, region, device, version])
    const row = rows.get(key) ?? { by: { day, purpose, region, device, version }, counts: emptyCounts() }
    row.counts[answer] += answers
    rows.set(key, row)
  }
  const sorted = [...rows.entries()].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, row]) => row)
  return {
    question: 'consent',
    from,
    to,
    time_zone: timeZone,
    totals: [...Map.groupBy(sorted, ({ by }) => by.purpose)].map(([purpose, own]) => ({
      purpose,
      ...figuresOf(own.map((row) => row.counts).reduce(sumOf, emptyCounts())),
    })),
    rows: sorted.map(({ by, counts }) => ({ ...by, ...figuresOf(counts) })),
    basis,
  }
}

type Counts = { -readonly [K in ConsentAnswerKind]: number }
interface Row {
  readonly by: Pick<ConsentRow, 'day' | 'purpose' | 'region' | 'device' | 'version'>
  readonly counts: Counts
}

const emptyCounts = (): Counts => ({ asked: 0, granted: 0, refused: 0, withdrawn: 0 })

const sumOf = (sum: Counts, counts: Counts): Counts => ({
  asked: sum.asked + counts.asked,
  granted: sum.granted + counts.granted,
  refused: sum.refused + counts.refused,
  withdrawn: sum.withdrawn + counts.withdrawn,
})

/** Nobody is counted as asked who answered without a report that the question was shown: then the share cannot be told. */
const figuresOf = ({ asked, granted, refused, withdrawn }: Counts): ConsentFigures => {
  const isKnown = asked > 0 && asked >= granted + refused
  return {
    asked: asked === 0 ? null : asked,
    granted,
    refused,
    withdrawn,
    no_answer: isKnown ? asked - granted - refused : null,
  }
}

/** What each figure rests on, in words. */
export const basis = {
  granted: 'Decisions that granted the purpose, each once, by the day of their receipt.',
  refused:
    'Decisions that denied it. A tracker sends nothing about a visitor who refuses everything, so that these are only the refusals that a banner or a server reports.',
  withdrawn: 'Decisions that took back what was granted before.',
  asked: 'Reports that the question was shown and not answered yet (POST /v1/consent with unknown); null where there is none.',
  no_answer: 'asked - granted - refused; null where asked is not known, or less than the answers.',
} as const
