/** What a parameter of an advertising network or a mailer says about where a visitor came from. */
export interface ClickSource {
  readonly source: string
  readonly medium: string
}

const from = (source: string, medium: string): ClickSource => ({ source, medium })

/**
 * Click ids by the lower-case name of their parameter, first found wins (UR-CLICK). Storing a value needs consent to marketing.
 * Not among them, because they mark no paid click: `gad_source`, `gad_campaignid`, `gclsrc`, `srsltid`, `igsh`, `igshid`, `ref`.
 */
export const clickIds: ReadonlyMap<string, ClickSource> = new Map([
  ['gclid', from('google', 'cpc')],
  ['gbraid', from('google', 'cpc')],
  ['wbraid', from('google', 'cpc')],
  ['dclid', from('google', 'display')],
  ['msclkid', from('bing', 'cpc')],
  // Facebook adds it to links in ordinary posts as well.
  ['fbclid', from('facebook', 'social')],
  ['ttclid', from('tiktok', 'paid_social')],
  ['twclid', from('twitter', 'paid_social')],
  ['li_fat_id', from('linkedin', 'paid_social')],
  ['rdt_cid', from('reddit', 'paid_social')],
  ['sccid', from('snapchat', 'paid_social')],
  ['epik', from('pinterest', 'social')],
  ['yclid', from('yandex', 'cpc')],
  ['qclid', from('quora', 'paid_social')],
  ['irclickid', from('impact', 'affiliate')],
  ['awc', from('awin', 'affiliate')],
  ['cjevent', from('cj', 'affiliate')],
  ['mc_cid', from('mailchimp', 'email')],
])

/** Ids of the person an e-mail was sent to (UR-EMAILID): they tell the mailer, and are never stored, whatever was agreed to. */
export const emailIds: ReadonlyMap<string, ClickSource> = new Map([
  ['mc_eid', from('mailchimp', 'email')],
  ['_kx', from('klaviyo', 'email')],
  ['_hsenc', from('hubspot', 'email')],
  ['mkt_tok', from('marketo', 'email')],
  ['vero_id', from('vero', 'email')],
])
