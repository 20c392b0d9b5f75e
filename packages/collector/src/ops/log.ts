import { type Logger, pino } from 'pino'
import { FootfallError } from '../errors.ts'

export type { Logger }

export const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const
export type LogLevel = (typeof logLevels)[number]

/**
 * JSON lines on stdout. What is logged is chosen field by field (route, status, code, counts, durations): never a header, an address,
 * an id, a key or a property, so there is nothing to redact.
 */
export const createLog = (level: LogLevel): Logger => pino({ name: 'footfall', level })

/** Errors of ours are safe to log whole; of others only what cannot hold a visitor's data: their kind, and where they were thrown. */
export function described(error: unknown): {
  readonly reason: string
  readonly code?: string
  readonly stack?: readonly string[]
} {
  if (error instanceof FootfallError) return { code: error.code, reason: error.message }
  if (!(error instanceof Error)) return { reason: typeof error }
  return { reason: error.name, stack: framesOf(error) }
}

/** A message may hold what a sender wrote, in as many lines as they like: it stands before the frames, and is cut off as it is. */
function framesOf({ stack = '', message }: Error): readonly string[] {
  const at = message === '' ? 0 : stack.indexOf(message)
  if (at < 0) return []
  return stack
    .slice(at + message.length)
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .slice(0, 8)
    .map((line) => line.trim())
}
