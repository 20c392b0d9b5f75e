/** What a referrer's host stands for. `source` and `medium` are null where it is no reason for the visit. */
export interface KnownReferrer {
  readonly kind: 'organic' | 'social' | 'email' | 'excluded'
  readonly source: string | null
  readonly medium: string | null
}

const organic = (source: string): KnownReferrer => ({ kind: 'organic', source, medium: 'organic' })
const social = (source: string): KnownReferrer => ({ kind: 'social', source, medium: 'social' })
const email = (source: string): KnownReferrer => ({ kind: 'email', source, medium: 'email' })
const excluded: KnownReferrer = { kind: 'excluded', source: null, medium: null }

/** A host and everything below it (UR-REF, UR-REF-PAY). The longest that fits counts: `mail.yahoo.com` before `yahoo.com`. */
export const referrerHosts: ReadonlyMap<string, KnownReferrer> = new Map([
  ['bing.com', organic('bing')],
  ['duckduckgo.com', organic('duckduckgo')],
  ['search.yahoo.com', organic('yahoo')],
  ['search.yahoo.co.jp', organic('yahoo')],
  ['ecosia.org', organic('ecosia')],
  ['search.brave.com', organic('brave')],
  ['ya.ru', organic('yandex')],
  ['baidu.com', organic('baidu')],
  ['qwant.com', organic('qwant')],
  ['startpage.com', organic('startpage')],
  ['search.naver.com', organic('naver')],

  ['facebook.com', social('facebook')],
  ['fb.com', social('facebook')],
  ['instagram.com', social('instagram')],
  ['t.co', social('twitter')],
  ['twitter.com', social('twitter')],
  ['x.com', social('twitter')],
  ['reddit.com', social('reddit')],
  ['linkedin.com', social('linkedin')],
  ['lnkd.in', social('linkedin')],
  ['pin.it', social('pinterest')],
  ['tiktok.com', social('tiktok')],
  ['youtube.com', social('youtube')],
  ['youtu.be', social('youtube')],
  ['threads.net', social('threads')],
  ['threads.com', social('threads')],
  ['snapchat.com', social('snapchat')],
  ['bsky.app', social('bluesky')],

  ['mail.google.com', email('gmail')],
  ['outlook.live.com', email('outlook')],
  ['mail.yahoo.com', email('yahoo')],

  // Visitors come back from there to finish what they began.
  ['paypal.com', excluded],
  ['stripe.com', excluded],
  ['klarna.com', excluded],
  ['adyen.com', excluded],
  ['mollie.com', excluded],
  ['sofort.com', excluded],
  ['pay.google.com', excluded],
  ['accounts.google.com', excluded],
  ['appleid.apple.com', excluded],
  // 3-D Secure
  ['cardinalcommerce.com', excluded],
  ['arcot.com', excluded],
  ['rsa3dsauth.com', excluded],
  ['3dsecure.io', excluded],
  ['wlp-acs.com', excluded],
])

/** Names that one owner has under most public suffixes: `google.co.uk`. */
export const referrerNames: ReadonlyMap<string, KnownReferrer & { readonly isBareOnly: boolean }> = new Map([
  // Other hosts under the name are other services: news, maps, an assistant.
  ['google', { ...organic('google'), isBareOnly: true }],
  ['yandex', { ...organic('yandex'), isBareOnly: false }],
  ['pinterest', { ...social('pinterest'), isBareOnly: false }],
])

/** What banks call the hosts of their 3-D Secure pages, as a label before the bank's own domain. */
export const threeDSecureLabel: RegExp = /^(?:acs\d{0,2}|3-?ds\d{0,2}|3-?d-?secure\d{0,2})$/

/** Packages of Android apps (UR-REF-APP); one that ends in a dot stands for all that begin so. */
export const referrerApps: readonly (readonly [string, KnownReferrer])[] = [
  ['com.google.android.gm', email('gmail')],
  ['com.google.android.googlequicksearchbox', organic('google')],
  ['com.facebook.', social('facebook')],
]
