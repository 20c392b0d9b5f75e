import type { Answer, Page, Setup } from './source.contract.ts'

const isYes = (answer: Answer | undefined) => answer === 'all'
// A base by name: Vite takes the usual form for an asset, and follows no links.
const here = import.meta.url
const nodeModule = (path: string) => new URL(`../../node_modules/${path}`, here).href
/** Runs a script as a tag would; as text, so that the runner does not rewrite it. */
const script = async (page: Page, src: string) => {
  const { default: text } = (await import(/* @vite-ignore */ `${src}?raw`)) as { default: string }
  page.document.head.append(Object.assign(page.document.createElement('script'), { text }))
}
const module = (page: Page, url: string) => (page.eval('(url) => import(url)') as (url: string) => Promise<never>)(url)
// biome-ignore lint/suspicious/noExplicitAny: a page is given what its platforms put there
const globals = (page: Page) => page as any
/** An export of `consent-cmp` that is a source. */
const named = (name: string) => (exports: Record<string, unknown>) => exports[name] as never

/** The real `@iabtechlabtcf/cmpapi`, over the real stub where a page has one. */
const tcf = (withStub: boolean): Setup => ({
  face: 'consent-tcf',
  source: (exports) => (exports.tcf as () => never)(),
  globals: ['__tcfapi'],
  async load(page, stored) {
    if (withStub && !globals(page).__tcfapi) {
      page.eval('var module = { exports: {} }')
      await script(page, nodeModule('@iabtechlabtcf/stub/lib/stub.js'))
      page.eval('module.exports()')
    }
    const [{ CmpApi }, { TCModel, TCString, GVL }] = await Promise.all([
      module(page, nodeModule('@iabtechlabtcf/cmpapi/lib/mjs/index.js')) as Promise<typeof import('@iabtechlabtcf/cmpapi')>,
      module(page, nodeModule('@iabtechlabtcf/core/lib/mjs/index.js')) as Promise<typeof import('@iabtechlabtcf/core')>,
    ])
    const cmp = new CmpApi(10, 1)
    const encode = (answer: Answer | undefined) => {
      const model = new TCModel(new GVL(vendorList as never))
      Object.assign(model, {
        cmpId: 10,
        cmpVersion: 1,
        consentLanguage: 'EN',
        publisherCountryCode: 'DE',
        isServiceSpecific: true,
      })
      if (isYes(answer)) model.purposeConsents.set([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11])
      return TCString.encode(model)
    }
    cmp.update(encode(stored), !stored)
    return {
      decide(answer) {
        cmp.update(encode(answer), true)
        cmp.update(encode(answer), false)
      },
    }
  },
})
const vendorList = {
  gvlSpecificationVersion: 3,
  vendorListVersion: 1,
  tcfPolicyVersion: 5,
  lastUpdated: '2026-01-01T00:00:00Z',
  purposes: Object.fromEntries(
    Array.from({ length: 11 }, (_, index) => [index + 1, { id: index + 1, name: '', description: '' }]),
  ),
  specialPurposes: {},
  features: {},
  specialFeatures: {},
  stacks: {},
  vendors: {},
}

/** The real `@iabgpp/cmpapi`. IAB publishes no stub of it on npm; this one does what its specification says a stub does. */
const gpp: Setup = {
  face: 'consent-gpp',
  source: (exports) => (exports.gpp as () => never)(),
  globals: ['__gpp'],
  async load(page, stored) {
    page.eval(`
      if (!window.__gpp) {
        const queue = [], events = []
        window.__gpp = (...told) => {
          const [command, callback] = told
          if (!told.length) return queue
          if (command === 'events') return events
          if (command === 'ping') callback?.({ cmpStatus: 'stub', signalStatus: 'not ready' }, true)
          else if (command === 'addEventListener') {
            events.push({ id: events.length + 1, callback })
            callback({ eventName: 'listenerRegistered', listenerId: events.length, data: true,
              pingData: { cmpStatus: 'stub', signalStatus: 'not ready', parsedSections: {}, applicableSections: [] } }, true)
          } else queue.push(told)
        }
      }`)
    const { CmpApi } = (await module(page, nodeModule('@iabgpp/cmpapi/lib/mjs/index.js'))) as typeof import('@iabgpp/cmpapi')
    const cmp = new CmpApi(10, 1)
    cmp.setApplicableSections([2])
    const decide = (answer: Answer) => {
      cmp.setSignalStatus('not ready' as never)
      cmp.setFieldValue(
        'tcfeuv2',
        'PurposeConsents',
        Array.from({ length: 24 }, () => isYes(answer)),
      )
      cmp.fireSectionChange('tcfeuv2')
      cmp.setSignalStatus('ready' as never)
    }
    cmp.setCmpStatus('loaded' as never)
    if (stored) decide(stored)
    return { decide }
  },
  isMuteWhileUndecided: true,
}

/** What a page and a platform push, as Google documents it. */
const google: Setup = {
  face: 'consent-google',
  source: named('googleConsent'),
  globals: ['dataLayer'],
  load(page, stored) {
    page.eval('window.dataLayer ??= []; window.gtag = function () { dataLayer.push(arguments) }')
    const { gtag } = globals(page)
    const signals = (word: string) =>
      Object.fromEntries(
        ['ad_storage', 'ad_user_data', 'ad_personalization', 'analytics_storage', 'personalization_storage'].map((name) => [
          name,
          word,
        ]),
      )
    const decide = (answer: Answer) => gtag('consent', 'update', signals(isYes(answer) ? 'granted' : 'denied'))
    // A default is no decision, whatever it says.
    gtag('consent', 'default', { ...signals('granted'), wait_for_update: 500 })
    page.eval('dataLayer.push({ event: "page" }, null, 5, "consent")')
    if (stored) decide(stored)
    return { decide }
  },
  isMuteWhileUndecided: true,
}

/** The real Klaro, with a service of each purpose, agreed to by default until somebody decides: that is no decision. */
const klaro: Setup = {
  face: 'consent-cmp',
  source: named('klaro'),
  globals: ['klaro'],
  async load(page, stored) {
    globals(page).klaroConfig = {
      storageMethod: 'localStorage',
      storageName: `klaro-${crypto.randomUUID()}`,
      default: true,
      translations: { zz: { privacyPolicyUrl: '/privacy' }, en: {} },
      services: ['analytics', 'personalization', 'marketing'].map((purpose) => ({ name: `our-${purpose}`, purposes: [purpose] })),
    }
    if (stored) {
      const consents = ['our-analytics', 'our-personalization', 'our-marketing'].map((name) => [name, isYes(stored)])
      const { storageName } = globals(page).klaroConfig
      localStorage.setItem(storageName, encodeURIComponent(JSON.stringify(Object.fromEntries(consents))))
    }
    await script(page, nodeModule('klaro/dist/klaro-no-css.js'))
    globals(page).klaro.setup(globals(page).klaroConfig)
    const manager = globals(page).klaro.getManager()
    return {
      decide(answer) {
        // The switches move first, one by one, and tell so.
        manager.changeAll(!isYes(answer))
        manager.changeAll(isYes(answer))
        manager.saveAndApplyConsents()
      },
    }
  },
}

// What follows are fakes: these platforms are hosted, and nothing of them may be loaded here. They do what is known of their published
// interfaces: names, shapes, order of events.

const oneTrust: Setup = {
  face: 'consent-cmp',
  source: named('oneTrust'),
  globals: ['OneTrust', 'OnetrustActiveGroups'],
  load(page, stored) {
    let isClosed = stored !== undefined
    const groups = (answer?: Answer) => (isYes(answer) ? ',C0001,C0002,C0003,C0004,' : ',C0001,')
    // In an opt-out model all groups are active before anybody has decided.
    globals(page).OnetrustActiveGroups = stored ? groups(stored) : groups('all')
    globals(page).OneTrust = { IsAlertBoxClosed: () => isClosed, OnConsentChanged() {} }
    const tell = () => page.dispatchEvent(new CustomEvent('OneTrustGroupsUpdated', { detail: [] }))
    tell()
    return {
      decide(answer) {
        globals(page).OnetrustActiveGroups = groups(answer)
        tell()
        isClosed = true
      },
    }
  },
}

const cookiebot: Setup = {
  face: 'consent-cmp',
  source: named('cookiebot'),
  globals: ['Cookiebot'],
  load(page, stored) {
    const categories = (is: boolean) => ({ necessary: true, preferences: is, statistics: is, marketing: is })
    const Cookiebot = {
      hasResponse: false,
      consented: false,
      declined: false,
      consent: { ...categories(false), method: null as string | null },
    }
    globals(page).Cookiebot = Cookiebot
    const decide = (answer: Answer) => {
      Object.assign(Cookiebot, { hasResponse: true, consented: isYes(answer), declined: !isYes(answer) })
      Cookiebot.consent = { ...categories(isYes(answer)), method: 'explicit' }
      for (const event of ['CookiebotOnConsentReady', isYes(answer) ? 'CookiebotOnAccept' : 'CookiebotOnDecline'])
        page.dispatchEvent(new Event(event))
    }
    if (stored) decide(stored)
    return { decide }
  },
  isMuteWhileUndecided: true,
}

const usercentrics: Setup = {
  face: 'consent-cmp',
  source: named('usercentrics'),
  globals: ['UC_UI'],
  purposes: ['analytics', 'marketing'],
  load(page, stored) {
    const service = (categorySlug: string, status: boolean, type: string) => ({
      categorySlug,
      consent: { status, history: [{ type }] },
    })
    const services = (is: boolean, type: string) => [
      service('essential', true, type),
      service('functional', is, type),
      service('marketing', is, type),
      service('marketing', is, type),
    ]
    // On by default until somebody decides: that is no decision.
    let now = stored ? services(isYes(stored), 'explicit') : services(true, 'implicit')
    globals(page).UC_UI = { isInitialized: () => true, getServicesBaseInfo: () => now }
    page.dispatchEvent(new Event('UC_UI_INITIALIZED'))
    return {
      decide(answer) {
        now = services(isYes(answer), 'explicit')
        page.dispatchEvent(new CustomEvent('UC_UI_CMP_EVENT', { detail: { type: isYes(answer) ? 'ACCEPT_ALL' : 'DENY_ALL' } }))
      },
    }
  },
}

const usercentrics3: Setup = {
  face: 'consent-cmp',
  source: (exports) => (exports.usercentrics3 as () => never)(),
  globals: ['__ucCmp'],
  purposes: ['analytics', 'marketing'],
  load(page, stored) {
    const details = (is: boolean, type: string) => ({
      consent: { type },
      categories: Object.fromEntries(
        ['functional', 'marketing'].map((slug) => [slug, { state: is ? 'ALL_ACCEPTED' : 'ALL_DENIED' }]),
      ),
    })
    let now = stored ? details(isYes(stored), 'EXPLICIT') : details(true, 'IMPLICIT')
    globals(page).__ucCmp = { isInitialized: async () => true, getConsentDetails: async () => now }
    page.dispatchEvent(new Event('UC_UI_INITIALIZED'))
    return {
      async decide(answer) {
        now = details(isYes(answer), 'EXPLICIT')
        page.dispatchEvent(new CustomEvent('UC_UI_CMP_EVENT', { detail: { type: isYes(answer) ? 'ACCEPT_ALL' : 'DENY_ALL' } }))
        await new Promise((resolve) => setTimeout(resolve))
      },
    }
  },
}

const didomi: Setup = {
  face: 'consent-cmp',
  source: named('didomi'),
  globals: ['Didomi'],
  load(page, stored) {
    const ids =
      'cookies select_basic_ads create_ads_profile select_personalized_ads measure_ad_performance measure_content_performance market_research create_content_profile select_personalized_content'
    let answer = stored
    const listeners: (() => void)[] = []
    globals(page).Didomi = {
      isConsentRequired: () => true,
      isUserStatusPartial: () => !answer,
      getCurrentUserStatus: () => ({
        purposes: Object.fromEntries(ids.split(' ').map((id) => [id, { id, enabled: isYes(answer) }])),
      }),
      on: (_event: string, listener: () => void) => listeners.push(listener),
    }
    const waiting = globals(page).didomiOnReady ?? []
    globals(page).didomiOnReady = { push: (listener: () => void) => listener() }
    for (const listener of waiting) listener()
    return {
      decide(next) {
        answer = next
        for (const listener of listeners) listener()
      },
    }
  },
}

const cookieYes: Setup = {
  face: 'consent-cmp',
  source: named('cookieYes'),
  globals: ['getCkyConsent'],
  purposes: ['analytics', 'marketing'],
  load(page, stored) {
    const categories = (is: boolean) => ({ necessary: true, functional: is, analytics: is, performance: is, advertisement: is })
    // In an opt-out law all are on before anybody has decided.
    let now = { categories: categories(stored ? isYes(stored) : true), isUserActionCompleted: !!stored, activeLaw: 'gdpr' }
    globals(page).getCkyConsent = () => now
    page.document.dispatchEvent(new CustomEvent('cookieyes_banner_load', { detail: now }))
    return {
      decide(answer) {
        now = { categories: categories(isYes(answer)), isUserActionCompleted: true, activeLaw: 'gdpr' }
        page.document.dispatchEvent(new CustomEvent('cookieyes_consent_update', { detail: {} }))
      },
    }
  },
}

const shopify: Setup = {
  face: 'consent-cmp',
  source: named('shopify'),
  globals: ['Shopify'],
  load(page, stored) {
    const word = (answer?: Answer) => (answer ? (isYes(answer) ? 'yes' : 'no') : '')
    let answer = stored
    const customerPrivacy = {
      currentVisitorConsent: () => ({
        analytics: word(answer),
        marketing: word(answer),
        preferences: word(answer),
        sale_of_data: word(answer),
      }),
      // Where the merchant asks nobody, all is allowed without a word of the visitor's.
      analyticsProcessingAllowed: () => answer !== 'none',
      marketingAllowed: () => answer !== 'none',
    }
    globals(page).Shopify = {
      loadFeatures(_features: unknown, done: () => void) {
        setTimeout(() => {
          globals(page).Shopify.customerPrivacy = customerPrivacy
          done()
        }, 5)
      },
    }
    return {
      decide(next) {
        answer = next
        page.document.dispatchEvent(new CustomEvent('visitorConsentCollected', { detail: {} }))
      },
    }
  },
}

export const platforms: Readonly<Record<string, Setup>> = {
  tcf: tcf(true),
  gpp,
  google,
  klaro,
  onetrust: oneTrust,
  cookiebot,
  usercentrics,
  usercentrics3,
  didomi,
  cookieyes: cookieYes,
  shopify,
}
/** A page on which the platform itself is the first to come, without the stub that should have been. */
export const tcfWithoutStub = tcf(false)
