import type { Examples } from '../schema.ts'

export const readiness: Examples = {
  ready: { value: { status: 'ready', code: null, store: 'sqlite', waiting_events: 0, lag_ms: 0 } },
}
export const unreadiness: Examples = {
  closing: { value: { status: 'not_ready', code: 'closing', store: 'sqlite', waiting_events: 0, lag_ms: 0 } },
}

export const liveness: Examples = { alive: { value: { status: 'alive' } } }
export const optOuts: Examples = { honoured: { value: { gpc: true, lastUpdate: '2026-11-22' } } }
