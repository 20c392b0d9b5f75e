import { unregisteredSource } from '../../registry/read-source.ts'
import type { Examples } from '../schema.ts'

const tillSettings = { channel: 'pos', transport: 'server', time_zone: 'Europe/Paris', date_order: 'DMY', currency: 'EUR' }
export const sourceBodies: Examples = { till: { value: tillSettings } }

const till = { ...unregisteredSource('till-paris'), ...tillSettings, is_registered: true }
const unseen = {
  first_seen: null,
  last_seen: null,
  received_7d: 0,
  quarantined_7d: 0,
  error_rate: null,
  status: 'unseen',
}
export const sourceAnswers: Examples = { till: { value: { ...till, ...unseen } } }

const seen = { ...unseen, first_seen: '2026-11-21T18:00:00.456Z', last_seen: '2026-11-21T18:00:00.456Z', status: 'new' }
export const sourceLists: Examples = {
  till: {
    summary: 'All that names no source, and a till',
    value: {
      sources: [
        { ...unregisteredSource(''), is_registered: false, ...seen, received_7d: 2, quarantined_7d: 1, error_rate: 0.5 },
        { ...till, ...seen, received_7d: 1, error_rate: 0 },
      ],
    },
  },
}

export const aliasBodies: Examples = { cart: { value: { to: 'product_added' } } }

const alias = { from: 'Into The Basket', to: 'product_added', created_at: '2026-11-21T18:00:00.456Z' }
export const aliasAnswers: Examples = { cart: { value: alias } }
export const aliasLists: Examples = { cart: { value: { aliases: [alias] } } }

export const reprocessBodies: Examples = { name: { value: { names: ['Into The Basket'], dry_run: true } } }

export const reprocessAnswers: Examples = {
  name: {
    value: {
      looked_at: 0,
      changed: 0,
      still_unknown: 0,
      unreadable: 0,
      not_allowed: 0,
      problems: [],
      next: null,
    },
  },
}
