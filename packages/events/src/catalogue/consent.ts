import * as v from 'valibot'
import { ConsentState } from '../consent.ts'
import { defineEvent } from './define-event.ts'
import { optional, required } from './field.ts'
import { Identifier, Text } from './value.ts'

const Decisions = v.pipe(
  v.record(v.string(), ConsentState),
  v.title('decisions'),
  v.description(
    'State of each purpose, `granted`, `denied`, `not_required` or `unknown`: `{ "analytics": "granted", "marketing": "denied" }`.',
  ),
)

export const consentUpdated = defineEvent({
  name: 'consent_updated',
  meaning: 'A visitor decided, or changed a decision, about what may be recorded.',
  properties: {
    purposes: required(Decisions, 'What holds from now on.'),
    policy_version: required(Text, 'Version of the text that the visitor was shown.'),
    source: optional(Text, 'Which banner or platform asked.'),
    method: optional(Text, '`banner_accept_all`, `preference_center`, `api`, `gpc`, `import` …'),
    record_id: optional(Identifier, 'The decision, as the snapshots on later events name it.'),
    previous_record_id: optional(Identifier, 'The decision that it replaces: with a withdrawal, the one that was taken back.'),
  },
  aliases: ['consent_update', 'update_consent', 'visitor_consent_collected', 'visitorconsentcollected'],
  vocabularies: { shopify: 'visitorConsentCollected' },
})
