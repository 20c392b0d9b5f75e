import type { ConsentPurpose } from '@footfall/events'
import type { AboutDecision, Tracker } from '../tracker.ts'
import { style } from './style.ts'
import { type BannerTexts, wordsFor } from './words.ts'

/** A purpose that a banner can ask for. */
export type AskedPurpose = ConsentPurpose | 'sale_of_data'

/** What a banner needs of a tracker. */
export type AskingTracker = Pick<Tracker, 'consent' | 'on'>

/** How a banner is set up. */
export interface BannerOptions {
  /**
   * What to ask for, in this order.
   * @defaultValue `analytics`, `personalization`, `marketing`
   */
  readonly purposes?: readonly AskedPurpose[] | undefined
  /** Where the visitor reads more: the page about privacy. */
  readonly policyUrl?: string | undefined
  /**
   * Version of what is shown, kept with each decision and named by `count`. Where the tracker has a `policyVersion`, that one is kept,
   * and only that one makes the tracker ask again.
   */
  readonly version?: string | undefined
  /** Words of the shop's own, by language; what is left out is said in ours (English, German, French). Never read as HTML. */
  readonly text?: BannerTexts | undefined
  /**
   * Where in the page it stands, as the first child: there the Tab key finds it.
   * @defaultValue the body, so that it is the first stop of all
   */
  readonly parent?: Element | undefined
  /**
   * Tells the collector how visitors answer, without saying who: one request when they are asked, one when they answer. It holds the
   * write key, the purposes, the version and which button it was; no id and no cookie. But it leaves before the visitor has agreed to
   * anything, so the shop must want it: without it not a single request is made for somebody who does not agree.
   * @defaultValue nobody is told
   */
  readonly count?:
    | {
        /** The collector's consent route, such as `https://shop.example/v1/consent`. */
        readonly endpoint: string
        readonly writeKey: string
      }
    | undefined
}

/** A banner, shown or not. */
export interface Banner {
  /** Shows the choices as they stand, to look at or to change, and moves the focus there. For a link such as "Privacy settings". */
  open(): void
  /** Takes the banner away; nothing is decided by that. */
  close(): void
}

/**
 * Asks the visitor for consent, when there is something to ask: as long as one of the purposes is `unknown` to the tracker, which it is
 * again when a decision has expired or was about another text. Nothing is blocked meanwhile: the page can be used without an answer, and
 * nothing is granted without one. On a server it does nothing.
 *
 * @example
 * ```ts
 * const banner = showBanner(tracker, { policyUrl: '/privacy' })
 * document.querySelector('#privacy-settings')?.addEventListener('click', banner.open)
 * ```
 */
export function showBanner(
  tracker: AskingTracker,
  { purposes = ['analytics', 'personalization', 'marketing'], policyUrl, version, text, parent, count }: BannerOptions = {},
): Banner {
  if (!globalThis.document) return { open() {}, close() {} }

  const [language, words] = wordsFor(document.documentElement.lang, text)
  const host = document.createElement('footfall-banner')
  const section = make('section', { lang: language, dir: 'auto', ariaLabel: words.title })
  const shadow = host.attachShadow({ mode: 'open' })
  shadow.append(section)
  try {
    // Not a style element: a strict content security policy forbids what is inline.
    const sheet = new CSSStyleSheet()
    sheet.replaceSync(style)
    shadow.adoptedStyleSheets = [sheet]
  } catch {} // Safari before 16.4: it stands at the top of the page, plain, and works

  /** Where the focus was before it came here, and goes when this closes. */
  let opener: HTMLElement | null = null
  let isDismissed = false

  const stateOf = (purpose: AskedPurpose) => tracker.consent()[purpose] ?? 'unknown'
  const isUndecided = () => purposes.some((purpose) => stateOf(purpose) === 'unknown')
  /** The browser has answered for the visitor, about `marketing` and `sale_of_data`. */
  const isAnswered = (purpose: AskedPurpose) => tracker.consent().gpc && /^[ms]/.test(purpose)

  const isTicked = (purpose: AskedPurpose) => shadow.querySelector(`[name=${purpose}]:checked`)
  const forEach = <S>(state: (purpose: AskedPurpose) => S) =>
    Object.fromEntries(purposes.map((purpose) => [purpose, state(purpose)]))

  const tell = (states: object, method?: string) => {
    if (!count) return
    const answer = { write_key: count.writeKey, purposes: states, policy_version: version, source: 'banner', method }
    // A count that is lost is no business of the page's.
    fetch(count.endpoint, { method: 'POST', body: JSON.stringify(answer), keepalive: true, credentials: 'omit' }).catch(() => {})
  }
  const decide = (method: string, isWanted: (purpose: AskedPurpose) => unknown) => {
    const decisions = forEach((purpose) => (isWanted(purpose) && !isAnswered(purpose) ? 'granted' : 'denied'))
    // Answers are counted, changes of mind are not.
    if (isUndecided()) tell(decisions, method)
    tracker.consent(decisions, { source: 'banner', method, version } as AboutDecision) // an undefined version is none
    remove()
  }

  const draw = (isChoosing: boolean) => {
    const rows = purposes.map((name) => {
      // Nothing is ticked but what is `granted` or `not_required`: what was decided so, or stands so.
      const checked = /^[gn]/.test(stateOf(name))
      const box = isChoosing && make('input', { type: 'checkbox', name, checked, disabled: isAnswered(name) })
      return make('label', {}, box || '', words[name])
    })
    const button = (label: string, onclick: () => void) => make('button', { onclick }, label)
    section.replaceChildren(
      make('h2', { tabIndex: -1 }, words.title),
      make('p', {}, words.text, ' ', policyUrl ? make('a', { href: policyUrl }, words.policy) : ''),
      ...rows,
      make('p', {}, tracker.consent().gpc ? words.gpc : ''),
      make('p', {}, isChoosing ? words.necessary : ''),
      make(
        'footer',
        {},
        button(words.refuse, () => decide('refuse_all', () => false)),
        button(words.accept, () => decide('accept_all', () => true)),
        isChoosing ? button(words.save, () => decide('choose', isTicked)) : button(words.choose, open),
        button(words.close, close),
      ),
    )
    ;(parent ?? document.body ?? document.documentElement).prepend(host)
  }
  const ask = () => {
    if (!isUndecided()) remove()
    else if (!isDismissed && !host.isConnected && !document.prerendering) {
      draw(false)
      tell(forEach(() => 'unknown'))
    }
  }
  const open = () => {
    draw(true)
    // Who asked for it finds the focus here; who only came in is not interrupted.
    shadow.querySelector('h2')?.focus()
  }
  const remove = () => {
    const hadFocus = shadow.activeElement
    host.remove()
    if (hadFocus) opener?.focus()
    opener = null
  }
  const close = () => {
    isDismissed = true
    remove()
  }

  section.onkeydown = ({ key }) => {
    if (key === 'Escape') close()
  }
  // What moves inside the banner does not reach its host.
  host.addEventListener('focusin', ({ relatedTarget }) => {
    opener = (relatedTarget as HTMLElement | null) ?? opener
  })
  // Nothing of the page stays hidden: it scrolls as much further as the banner covers, and the keyboard's focus stops above it.
  new ResizeObserver(() => {
    const page = document.documentElement.style
    const isFixed = getComputedStyle(section).position === 'fixed'
    page.paddingBottom = page.scrollPaddingBottom = isFixed ? `${innerHeight - section.getBoundingClientRect().top}px` : ''
  }).observe(section)

  // Decided here or in another tab, or expired while the page was open.
  tracker.on('consent', ask)
  document.addEventListener('prerenderingchange', ask)
  ask()
  return { open, close }
}

/** An element with properties and contents; what is text stays text. */
const make = <K extends keyof HTMLElementTagNameMap>(
  tag: K,
  properties: { [N in keyof HTMLElementTagNameMap[K]]?: HTMLElementTagNameMap[K][N] | undefined },
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] => {
  const element = Object.assign(document.createElement(tag), properties)
  element.append(...children)
  return element
}
