import { defineEvent } from './define-event.ts'
import { optional } from './field.ts'
import { Flag, oneOf, Text } from './value.ts'

const method = optional(Text, 'How: `password`, `google`, `magic_link` …')

export const signedUp = defineEvent({
  name: 'signed_up',
  meaning: "An account was opened. Whose it is stands in the envelope's `user_id`.",
  properties: {
    method,
    plan: optional(Text, 'What was signed up for.'),
    newsletter_opt_in: optional(Flag, 'Was the newsletter asked for as well?'),
  },
  defaults: { method: 'unknown' },
  naturalKeys: [['user_id']],
  aliases: [
    'sign_up',
    'signup',
    'completeregistration',
    'complete_registration',
    'registered',
    'registration_completed',
    'account_created',
    'user_signed_up',
  ],
  vocabularies: { segment: 'Signed Up', ga4: 'sign_up' },
})

export const loggedIn = defineEvent({
  name: 'logged_in',
  meaning: "Somebody logged in. Who it is stands in the envelope's `user_id`.",
  properties: {
    method,
    device_type: optional(Text, "`mobile`, `tablet`, `desktop` …; left out, the collector's own reading of the request."),
  },
  defaults: { method: 'unknown', device_type: { from: 'device.type' } },
  aliases: ['login', 'log_in', 'sign_in', 'signed_in', 'signin', 'user_logged_in'],
  vocabularies: { segment: 'Signed In', ga4: 'login' },
})

export const loggedOut = defineEvent({
  name: 'logged_out',
  meaning: 'Somebody logged out or was logged out.',
  properties: {
    reason: optional(oneOf(['user', 'timeout', 'forced']), 'Who or what ended it.'),
  },
  defaults: { reason: 'user' },
  aliases: ['logout', 'log_out', 'sign_out', 'signed_out', 'signout', 'user_logged_out'],
  vocabularies: { segment: 'Signed Out' },
})
