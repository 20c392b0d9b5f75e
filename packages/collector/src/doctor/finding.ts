/** What a look at one thing came to. */
export interface Finding {
  /** Stable, for programs. */
  readonly check: string
  /** `warning`: it works, and will not for long, or not well. `skipped`: there was nothing to look at. */
  readonly status: 'ok' | 'warning' | 'wrong' | 'skipped'
  /** A sentence. Holds no key, address of a visitor or property. */
  readonly says: string
  /** What to do, as a sentence; `null` where there is nothing. */
  readonly advice: string | null
}

/** Something that is looked at. It takes as long as it takes, and never throws for what is wrong. */
export type Check = () => Promise<readonly Finding[]> | readonly Finding[]

export const ok = (check: string, says: string): Finding => ({ check, status: 'ok', says, advice: null })
export const skipped = (check: string, says: string, advice: string | null = null): Finding => ({
  check,
  status: 'skipped',
  says,
  advice,
})
export const warning = (check: string, says: string, advice: string): Finding => ({ check, status: 'warning', says, advice })
export const wrong = (check: string, says: string, advice: string): Finding => ({ check, status: 'wrong', says, advice })

export const mebibytes = (bytes: number): string =>
  bytes < 10 * 2 ** 30 ? `${(bytes / 2 ** 20).toFixed(bytes < 10 * 2 ** 20 ? 1 : 0)} MiB` : `${(bytes / 2 ** 30).toFixed(1)} GiB`
