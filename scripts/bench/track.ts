import { launchChromium } from '@footfall/testkit/browsers'
import { buildBrowser } from '../build.ts'
import { bundle, footfall, label, peers, references, type Subject } from './subjects.ts'
import { type Bench, median, rounded } from './table.ts'
import { allMeasures, type Figures, judge } from './track/measures.ts'
import { serveBench } from './track/server.ts'
import { burstEvents, burstVisit, callsVisit, type Visit } from './track/visit.ts'

const throttlings = [1, 4]

const reason = (error: unknown) => (error instanceof Error ? error.message : String(error)).replaceAll(/\s+/g, ' ').slice(0, 200)

const isNumber = (value: number | undefined) => value !== undefined

/** Of each burst's 1,000 events, how many arrived. */
const arrivals = (visits: readonly Visit[]) => visits.map(({ arrived }) => arrived).filter(isNumber)

/** The medians of a subject's visits, rounded as they are shown: a verdict is one on what is seen. */
const figures = (subject: Subject, visits: readonly Visit[]): Figures => ({
  subject: label(subject),
  isWhole: arrivals(visits).every((arrived) => arrived >= burstEvents),
  of: Object.fromEntries(
    allMeasures.map((measure) => [measure, rounded(median(visits.map(({ of }) => of[measure]).filter(isNumber)))]),
  ) as Figures['of'], // one entry for every measure
})

/** What became of the bursts' events, in words. */
function arrival(visits: readonly Visit[]): string {
  const missing = burstEvents - Math.min(...arrivals(visits))
  const repeated = Math.max(...arrivals(visits)) - burstEvents
  return missing > 0 ? `up to ${missing} LOST OR LATE` : repeated > 0 ? `all, up to ${repeated} twice` : 'all'
}

/** What a call, a burst and a start cost the page: ours, and beside it bare ways to keep an event, and the peers. */
export default async function track(rounds = 5): Promise<readonly Bench[]> {
  await buildBrowser()
  const bundles = new Map<Subject, Uint8Array>()
  const failures = new Map<string, Bench['rows'][number]>()
  const failed = (throttling: string, subject: Subject, error: unknown) =>
    failures.set(`${throttling} ${subject.name}`, {
      'CPU throttling': throttling,
      subject: label(subject),
      'of 1,000 arrived': `FAILED: ${reason(error)}`,
    })
  for (const subject of [...references, footfall, ...peers])
    try {
      for (const { contents } of await bundle(subject, 'iife')) bundles.set(subject, contents)
    } catch (error) {
      failed('-', subject, error)
    }

  const server = await serveBench(new Map([...bundles].map(([{ file }, contents]) => [file, contents])))
  const browser = await launchChromium()
  const rows: Bench['rows'][number][] = []
  const verdicts: Bench['rows'][number][] = []
  const strayed = new Set<string>()
  try {
    for (const throttling of throttlings) {
      const visits = new Map<Subject, Visit[]>([...bundles.keys()].map((subject) => [subject, []]))
      for (let round = 1; round <= rounds; round++) {
        console.error(`${throttling}x CPU throttling, round ${round} of ${rounds}`)
        for (const [subject, made] of visits)
          try {
            made.push(
              await callsVisit(browser, server, subject, throttling),
              await burstVisit(browser, server, subject, throttling),
            )
          } catch (error) {
            failed(`${throttling}x`, subject, error)
          }
      }
      const found = new Map(
        [...visits].filter(([, made]) => made.length > 0).map(([subject, made]) => [subject, figures(subject, made)]),
      )
      for (const [subject, { of }] of found) {
        const made = visits.get(subject) ?? []
        rows.push({
          'CPU throttling': `${throttling}x`,
          subject: label(subject),
          ...of,
          'of 1,000 arrived': subject.isTracker ? arrival(made) : '-',
        })
        for (const address of made.flatMap((each) => each.strayed)) strayed.add(`${label(subject)} to ${address}`)
      }
      const ours = found.get(footfall)
      if (ours)
        verdicts.push(
          ...judge(
            throttling,
            ours,
            peers.flatMap((peer) => found.get(peer) ?? []),
          ),
        )
    }
  } finally {
    await browser.close()
    await server.close()
  }
  rows.push(...failures.values())

  return [
    {
      title: 'What a call costs the page (Chromium)',
      rows,
      notes: [
        `Medians of ${rounds} interleaved rounds. In each, every subject in turn has the same page to itself, once for the calls and once for the burst, always in a new profile of the same browser: a page’s main thread, its longest task and its storage cannot be told apart by subject, and what one has not sent yet would be charged to the next.`,
        'From “main thread” to “bytes an event”: 1,000 events made in one task, until the server has taken all of them and nothing waits on the device, or 20 s. Bytes are those of request bodies, on the wire. Longest task: 0 means that none reached the 50 ms from which a browser tells of them.',
        'In a loop: 2,000 calls. Single: one call every 15 ms. Evaluate + init: compiling and running the bundle and the call that starts it, in one task; what a subject does later is not in it.',
        'All talk to this process: Footfall to a real collector, which receipts after its fsync, the peers to a stub that takes everything at once. Each peer is in its most reliable documented configuration (scripts/bench/subjects), automatic capture and remote configuration off, its own limits on bursts lifted.',
        'A bare IndexedDB put does its work after the call.',
        ...(strayed.size > 0
          ? [`KEPT FROM LEAVING THIS MACHINE: ${[...strayed].join(', ')}. What they waited for there is not measured.`]
          : []),
      ],
    },
    {
      title: 'Footfall beside its goals, and beside the best peer of each row',
      rows: verdicts,
      notes: [
        'A peer that lost events is left out of the rows of the burst: what is given up costs nothing. No goal fails this command.',
      ],
    },
  ]
}
