import type { Examples } from '../schema.ts'

export const consentRecords: Examples = {
  banner: {
    summary: 'What a visitor answered to the banner',
    value: {
      write_key: 'wk_shop',
      record_id: '0198f3a0-0000-7000-8000-00000000c0de',
      subject: '0198f3a0-0000-7000-8000-0000000000a1',
      purposes: { analytics: 'granted', marketing: 'denied' },
      policy_version: '2026-09',
      method: 'banner_choices',
      event_time: 1795283900000,
    },
  },
}

export const consentReceipts: Examples = {
  banner: {
    value: {
      record_id: '0198f3a0-0000-7000-8000-00000000c0de',
      received_at: '2026-11-21T18:00:00.456Z',
      position: 1,
      hash: '68748db1d31d7e52e1ad471a24776d400dab95f9c5fd444bc043c907d5c94488',
    },
  },
}

const standing = { decided_at: '2026-11-21T17:58:20.000Z', record_id: '0198f3a0-0000-7000-8000-00000000c0de', position: 1 }
export const consentHistories: Examples = {
  banner: {
    value: {
      subject: 'e8feed1ce234da59b7caf68c5b8236dc',
      current: {
        as_anonymous_id: {
          analytics: { state: 'granted', ...standing },
          marketing: { state: 'denied', ...standing },
        },
        as_user_id: {},
      },
      entries: [
        {
          position: 1,
          hash: '68748db1d31d7e52e1ad471a24776d400dab95f9c5fd444bc043c907d5c94488',
          entry: {
            event_state: 'given',
            event_time: '2026-11-21T17:58:20.000Z',
            event_type: 'explicit',
            key: 'eb4f8b2d109a52c01fb094d9f2f56fbc',
            method: 'banner_choices',
            notice_version: '2026-09',
            position: 1,
            purposes: { analytics: 'granted', marketing: 'denied' },
            received_at: '2026-11-21T18:00:00.456Z',
            record_id: '0198f3a0-0000-7000-8000-00000000c0de',
            schema_version: 'ff-consent/1',
            subject: 'e8feed1ce234da59b7caf68c5b8236dc',
            subject_kind: 'device',
          },
        },
      ],
      next: null,
    },
  },
}
