import { defineEvent } from './define-event.ts'
import { optional, required } from './field.ts'
import { currency, Money } from './money.ts'
import { Flag, Identifier, Ordinal, Text } from './value.ts'

const promotionFields = {
  promotion_id: required(Identifier, 'The promotion.'),
  name: optional(Text, 'As the shop calls it.'),
  creative: optional(Text, 'Which picture or wording was shown.'),
  slot: optional(Text, 'Where on the page: `home_banner_top` …'),
  position: optional(Ordinal, 'Place among those in the slot.'),
}

export const promotionViewed = defineEvent({
  name: 'promotion_viewed',
  meaning: "A promotion on the shop's own pages was shown.",
  properties: promotionFields,
  aliases: ['view_promotion', 'promo_view', 'viewed_promotion', 'promotion_view', 'promo_viewed'],
  vocabularies: { segment: 'Promotion Viewed', ga4: 'view_promotion' },
})

export const promotionClicked = defineEvent({
  name: 'promotion_clicked',
  meaning: "A promotion on the shop's own pages was clicked.",
  properties: promotionFields,
  aliases: ['select_promotion', 'promo_click', 'clicked_promotion', 'promotion_click', 'promo_clicked'],
  vocabularies: { segment: 'Promotion Clicked', ga4: 'select_promotion' },
})

const adFields = {
  ad_id: optional(Identifier, 'The advertisement.'),
  campaign_id: optional(Identifier, 'The campaign it belongs to.'),
  network: optional(Text, 'Who showed it: `google`, `meta` …'),
  creative_id: optional(Identifier, 'Which picture or wording was shown.'),
  placement: optional(Text, 'Where it was shown.'),
}

export const adViewed = defineEvent({
  name: 'ad_viewed',
  meaning: 'An advertisement for the shop was shown, on its own pages or elsewhere.',
  properties: {
    ...adFields,
    is_retargeting: optional(Flag, 'Was it shown because of an earlier visit?'),
    cost: optional(Money, 'What showing it cost the shop.'),
    ...currency,
  },
  requiredOneOf: [['ad_id', 'campaign_id']],
  aliases: ['ad_impression', 'view_ad', 'viewed_ad', 'ad_seen', 'impression', 'retargeting_ad_viewed'],
})

export const adClicked = defineEvent({
  name: 'ad_clicked',
  meaning: 'An advertisement for the shop was clicked.',
  properties: {
    ...adFields,
    click_id: optional(Identifier, "The network's own id of the click, such as `gclid`."),
  },
  requiredOneOf: [['ad_id', 'campaign_id']],
  aliases: ['ad_click', 'click_ad', 'clicked_ad'],
})
