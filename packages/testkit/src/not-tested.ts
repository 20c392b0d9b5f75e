/** Says aloud what is not tested here, and why; nothing for `null`. */
export function sayNotTested(what: string, why: string | null): void {
  if (why !== null) process.stderr.write(`NOT TESTED: ${what}, as ${why}\n`)
}
