import type { Readiness } from '../ops/health.ts'
import { liveness, optOuts, readiness, unreadiness } from './examples/operations.ts'
import { answered, type Operation, open, problems, sent } from './operation.ts'
import { count, json, object, orNull, type Schema, text, wire } from './schema.ts'

const readinessSchema: Schema = wire<Readiness>({
  status: { enum: ['ready', 'not_ready'] },
  code: { ...orNull, description: 'Why it is not ready; stable, for programs.' },
  store: { ...text, description: 'Its kind.' },
  waiting_events: { ...count, description: 'Received, and not yet on the disk.' },
  lag_ms: { type: 'number', description: 'How long the oldest of them has been waiting.' },
})

export const getReadyz: Operation = {
  operationId: 'isReady',
  tags: ['operations'],
  summary: 'Can it store?',
  description: 'Writes and reads back a row, once a second at most.',
  security: open,
  responses: {
    ...answered('Yes.', readinessSchema, readiness),
    '503': {
      description: 'No; code says why.',
      content: { ...json(readinessSchema, unreadiness) },
    },
  },
}

export const getLivez: Operation = {
  operationId: 'isAlive',
  tags: ['operations'],
  summary: 'Does the process answer?',
  security: open,
  responses: answered('Yes.', object({ status: { const: 'alive' } }), liveness),
}

export const getMetrics = (isOpen: boolean): Operation => ({
  operationId: 'readMetrics',
  tags: ['operations'],
  summary: 'Figures for Prometheus',
  security: isOpen ? open : [{ metricsKey: [] }],
  responses: {
    ...sent('Prometheus text.', 'text/plain'),
    ...problems('rate_limited', ...(isOpen ? [] : (['wrong_secret_key'] as const))),
  },
})

export const getOpenapi: Operation = {
  operationId: 'readDescription',
  tags: ['operations'],
  summary: 'This description',
  security: open,
  responses: { ...answered('OpenAPI 3.1.', { type: 'object' }), ...problems() },
}

export const getGpc: Operation = {
  operationId: 'readGpcSupport',
  tags: ['operations'],
  summary: 'Says that the opt-out signal of browsers is honoured',
  security: open,
  responses: answered(
    'See https://w3c.github.io/gpc/.',
    object({ gpc: { const: true }, lastUpdate: { type: 'string', format: 'date' } }),
    optOuts,
  ),
}
