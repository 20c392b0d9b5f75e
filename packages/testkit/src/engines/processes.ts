import { readdir, readFile } from 'node:fs/promises'

interface Process {
  readonly pid: number
  readonly parent: number
  readonly command: string
  /** Processor time so far, in ticks of the kernel's. */
  readonly ticks: number
}

/** All that descends from a process, as Linux shows it; elsewhere nothing. */
async function descendants(pid: number): Promise<readonly Process[]> {
  const names = await readdir('/proc').catch(() => [])
  const all = await Promise.all(names.filter((name) => /^\d+$/.test(name)).map(read))
  const below = (above: number): Process[] => all.flatMap((each) => (each?.parent === above ? [each, ...below(each.pid)] : []))
  return below(pid)
}

/** @see https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
async function read(pid: string): Promise<Process | undefined> {
  try {
    const [stat, command] = await Promise.all([readFile(`/proc/${pid}/stat`, 'utf8'), readFile(`/proc/${pid}/cmdline`, 'utf8')])
    // The name, in parentheses, may hold anything.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return { pid: Number(pid), parent: Number(fields[1]), command, ticks: Number(fields[11]) + Number(fields[12]) }
  } catch {
    return undefined // it has ended meanwhile
  }
}

/** Kills a process. One that has ended is as good as killed. */
export function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {}
}

/** Kills a process and all that descends from it. */
export async function killTree(pid: number): Promise<void> {
  const below = await descendants(pid)
  for (const each of [pid, ...below.map((process) => process.pid)]) kill(each)
}

/**
 * Which of a browser's processes runs a page? No protocol tells; but it is the one that works when the page does.
 * @param isRenderer matches the command of processes that run pages
 * @param run runs the body of a function in the page
 */
export async function findRenderer(
  browser: number,
  isRenderer: RegExp,
  run: (body: string) => Promise<unknown>,
): Promise<number> {
  for (let attempts = 10; attempts > 0; attempts--) {
    const before = new Map((await descendants(browser)).map(({ pid, ticks }) => [pid, ticks]))
    await run('const end = performance.now() + 200; while (performance.now() < end);')
    const renderers = (await descendants(browser)).filter(({ command }) => isRenderer.test(command))
    const worked = renderers.map(({ pid, ticks }) => ({ pid, ticks: ticks - (before.get(pid) ?? 0) }))
    const [busiest, next] = worked.toSorted((a, b) => b.ticks - a.ticks)
    // Others may have been at work just then; that two pages worked alike is no answer.
    if (busiest && busiest.ticks > 3 * (next?.ticks ?? 0) + 3) return busiest.pid
  }
  throw new Error(`no process that matches ${isRenderer} works when the page does`)
}
