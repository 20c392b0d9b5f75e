import { defineEvent } from './define-event.ts'
import { optional } from './field.ts'
import { Flag, Hash, Identifier, Text, Url } from './value.ts'

const emailHash = optional(Hash, 'The address it was sent to.')
const campaignId = optional(Identifier, 'The mailing.')
const messageFields = {
  message_id: optional(Identifier, 'The single message.'),
  campaign_id: campaignId,
  email_hash: emailHash,
}

export const emailOpened = defineEvent({
  name: 'email_opened',
  meaning: 'A mail was opened.',
  properties: {
    ...messageFields,
    subject: optional(Text, 'Its subject line.'),
    list_id: optional(Identifier, 'The mailing list.'),
    is_machine_open: optional(Flag, 'Did a mail program open it before any person could?'),
  },
  requiredOneOf: [['message_id', 'campaign_id']],
  aliases: ['email_open', 'opened_email', 'open_email'],
  vocabularies: { segment: 'Email Opened' },
})

export const emailClicked = defineEvent({
  name: 'email_clicked',
  meaning: 'A link in a mail was clicked.',
  properties: {
    ...messageFields,
    link_url: optional(Url, 'Where the link leads.'),
    link_id: optional(Identifier, 'Which link of the mail.'),
  },
  requiredOneOf: [['message_id', 'campaign_id']],
  aliases: ['email_link_clicked', 'clicked_email', 'email_click', 'click_email'],
  vocabularies: { segment: 'Email Link Clicked' },
})

export const emailUnsubscribed = defineEvent({
  name: 'email_unsubscribed',
  meaning: 'Somebody asked for no more mail.',
  properties: {
    list_id: optional(Identifier, 'The mailing list.'),
    campaign_id: campaignId,
    email_hash: emailHash,
    reason: optional(Text, "In the shop's own words."),
  },
  requiredOneOf: [['list_id', 'campaign_id']],
  aliases: ['unsubscribed', 'unsubscribe', 'email_unsubscribe', 'unsubscribed_from_list'],
  vocabularies: { segment: 'Unsubscribed' },
})
