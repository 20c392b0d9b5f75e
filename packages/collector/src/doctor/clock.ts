import { type Finding, ok, warning, wrong } from './finding.ts'

/** What clocks say, in ms since 1970 UTC unless said otherwise. */
export interface ClockReading {
  readonly wall: number
  /** How far the clock on the wall went ahead of the steady one while the doctor looked, in ms: nobody sets a clock that is right. */
  readonly stepMs: number
  /** What a collector on another machine says; `null` where there is none. Exact to a second. */
  readonly remote: number | null
  /** Of the newest event in the store; `null` where there is none. */
  readonly newestReceivedAt: number | null
}

/** When this was written: no clock that is right shows less. */
const earliest = Date.UTC(2026, 10, 1)
const latest = Date.UTC(2100, 0, 1)

const advice = 'Set the clock, and have it kept right by NTP (timedatectl set-ntp true).'

/** Can the clock be right? Every event's time hangs on it. */
export function judgeClock({ wall, stepMs, remote, newestReceivedAt }: ClockReading): Finding {
  const shown = new Date(wall).toISOString()
  if (wall < earliest || wall > latest) return wrong('clock', `The clock shows ${shown}.`, advice)
  if (newestReceivedAt !== null && newestReceivedAt - wall > 60_000) {
    const says = `The clock shows ${shown}, and the newest event in the store was received at ${new Date(newestReceivedAt).toISOString()}: the clock went back.`
    return wrong('clock', says, advice)
  }
  if (remote !== null && Math.abs(remote - wall) > 60_000) {
    return wrong(
      'clock',
      `The collector's clock is ${seconds(remote - wall)} ${remote > wall ? 'ahead of' : 'behind'} the one here.`,
      `One of the two is wrong. ${advice}`,
    )
  }
  if (Math.abs(stepMs) > 500) return warning('clock', `The clock was set by ${seconds(stepMs)} just now.`, advice)
  if (remote !== null && Math.abs(remote - wall) > 5000) {
    return warning('clock', `The collector's clock differs by ${seconds(remote - wall)} from the one here.`, advice)
  }
  return ok('clock', `${shown}${remote === null ? '' : ', as at the collector'}.`)
}

const seconds = (ms: number): string => `${(Math.abs(ms) / 1000).toFixed(1)} s`

/** Watches both clocks from now on. */
export function watchClock(): () => number {
  const wall = Date.now()
  const steady = performance.now()
  return () => Date.now() - wall - (performance.now() - steady)
}

/** Which Node is it? */
export function judgeNode(version: string): Finding {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number)
  if (major < 24 || (major === 24 && minor < 15)) return wrong('node', `Node is ${version}.`, 'Install Node 24.15 or newer.')
  return major % 2 === 1
    ? warning('node', `Node is ${version}, which gets no long support.`, 'Use an even major version.')
    : ok('node', `Node is ${version}.`)
}
