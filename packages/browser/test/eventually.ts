import { vi } from 'vitest'

/** Waits until the check holds, for as long as a busy machine may need: how fast something is, no test here says. */
export const eventually = <T>(check: () => T | Promise<T>): Promise<T> => vi.waitFor(check, { timeout: 10_000, interval: 10 })
