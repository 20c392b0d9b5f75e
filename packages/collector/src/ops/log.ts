import { type Logger, pino } from 'pino'

export type { Logger }

export const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const
export type LogLevel = (typeof logLevels)[number]

/**
 * JSON lines on stdout. What is logged is chosen field by field (route, status, code, counts, durations): never a header, an address,
 * an id, a key or a property, so there is nothing to redact.
 */
export const createLog = (level: LogLevel): Logger => pino({ name: 'footfall', level })
