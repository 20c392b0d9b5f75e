import { afterEach, describe, expect, test, vi } from 'vitest'
import { type ConsentSource, cookiebot, didomi, follow, klaro, oneTrust, shopify, usercentrics } from '../../src/consent-cmp.ts'
import { googleConsent, googleConsentOutput } from '../../src/consent-google.ts'
import { gpp } from '../../src/consent-gpp.ts'
import { tcf } from '../../src/consent-tcf.ts'
import { createTracker } from '../../src/index.ts'

// What a platform says, and what it means for us: the rules that the three ways have in common stand in the contract.

// biome-ignore lint/suspicious/noExplicitAny: platforms put there what they like
const page = window as any
const mine = [
  '__tcfapi',
  '__gpp',
  'dataLayer',
  'OneTrust',
  'OnetrustActiveGroups',
  'Cookiebot',
  'UC_UI',
  'Didomi',
  'klaro',
  'Shopify',
]
afterEach(() => {
  vi.useRealTimers()
  for (const name of mine) delete page[name]
})

const create = () => createTracker({ endpoint: 'https://collector.invalid/e', writeKey: `wk_${crypto.randomUUID()}` })
/** What the source makes of what is on the page. */
const read = <C>(source: ConsentSource<C>) => {
  source.subscribe(() => {})
  const reading = source.read() as NonNullable<ReturnType<ConsentSource<C>['read']>>
  const said = Object.entries(source.purposes).map(([purpose, category]) => [purpose, reading.state(category as C)])
  return { explicit: reading.explicit, ...Object.fromEntries(said) }
}

describe('TCF', () => {
  const consents = (...ids: number[]) => ({ consents: Object.fromEntries(ids.map((id) => [id, true])) })
  const all = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]
  const decided = {
    cmpStatus: 'loaded',
    eventStatus: 'tcloaded',
    gdprApplies: true,
    purpose: consents(...all),
    publisher: consents(),
  }
  const says = (data: object, success = true) => {
    page.__tcfapi = (command: string, version: number, callback: (data: object, success: boolean) => void) => {
      if (command === 'addEventListener' && version === 2) callback(data, success)
    }
  }

  test.each([
    { name: 'all', purpose: consents(...all), analytics: true, personalization: true, marketing: true },
    { name: 'nothing', purpose: consents(), analytics: false, personalization: false, marketing: false },
    {
      name: 'all but storing on the device',
      purpose: consents(...all.slice(1)),
      analytics: false,
      personalization: false,
      marketing: false,
    },
    { name: 'measuring only', purpose: consents(1, 8, 9), analytics: true, personalization: false, marketing: false },
    { name: 'half of measuring', purpose: consents(1, 8), analytics: false, personalization: false, marketing: false },
    { name: 'all of ads but one', purpose: consents(1, 2, 3, 4), analytics: false, personalization: false, marketing: false },
    {
      name: 'words',
      purpose: { consents: { 1: 'true', 8: 1, 9: {} } },
      analytics: false,
      personalization: false,
      marketing: false,
    },
  ])('consent to $name', ({ purpose, name: _, ...expected }) => {
    says({ ...decided, purpose })
    expect(read(tcf())).toEqual({ explicit: true, ...expected, sale_of_data: undefined })
  })

  test('the publisher’s consents count where the shop says so', () => {
    says({ ...decided, publisher: consents(1, 8, 9) })
    expect(read(tcf('publisher'))).toMatchObject({ analytics: true, marketing: false })
  })

  test('that it is unknown whether the law applies means that it does', () => {
    says({ ...decided, gdprApplies: undefined })
    expect(read(tcf())).toMatchObject({ explicit: true, analytics: true })
  })

  test.each([
    { name: 'the law does not apply', data: { ...decided, gdprApplies: false } },
    { name: 'the platform is a stub', data: { ...decided, cmpStatus: 'stub' } },
    { name: 'the platform has failed', data: { ...decided, cmpStatus: 'error' } },
    { name: 'the call did not succeed', data: decided, success: false },
  ])('$name: nothing is said', ({ data, success }) => {
    says(data, success)
    const source = tcf()
    source.subscribe(() => {})
    expect(() => source.read()).toThrow()
  })

  test.each(['cmpuishown', 'somethingnew', ''])('the event %s is no decision', (eventStatus) => {
    says({ ...decided, eventStatus })
    expect(read(tcf()).explicit).toBe(false)
  })

  test('a dialog that is opened again takes nothing back', () => {
    let tell = (_data: object, _success: boolean) => {}
    page.__tcfapi = (_command: string, _version: number, callback: typeof tell) => {
      tell = callback
    }
    const tracker = create()
    follow(tracker, tcf())
    tell(decided, true)
    expect(tracker.consent().analytics).toBe('granted')
    tell({ ...decided, eventStatus: 'cmpuishown', purpose: consents() }, true)
    expect(tracker.consent().analytics).toBe('granted')
    tell({ ...decided, eventStatus: 'useractioncomplete', purpose: consents() }, true)
    expect(tracker.consent().analytics).toBe('denied')
  })
})

describe('GPP', () => {
  const says = (parsedSections: object, signalStatus = 'ready') => {
    page.__gpp = (_command: string, callback: (event: object) => void) => callback({ pingData: { signalStatus, parsedSections } })
  }
  const left = { analytics: undefined, personalization: undefined }
  test.each([
    {
      name: 'opted out of sales',
      sections: { usca: { SaleOptOut: 1, SharingOptOut: 2 } },
      marketing: false,
      sale_of_data: false,
    },
    { name: 'opted out of ads', sections: { usnat: { TargetedAdvertisingOptOut: 1 } }, marketing: false, sale_of_data: false },
    {
      name: 'opted out in a segment',
      sections: { usva: [{ SaleOptOut: 1 }, { Gpc: false }] },
      marketing: false,
      sale_of_data: false,
    },
    { name: 'opted out, the old way', sections: { uspv1: { OptOutSale: 1 } }, marketing: false, sale_of_data: false },
    { name: 'not opted out', sections: { usca: { SaleOptOut: 2, SharingOptOut: 2, SaleOptOutNotice: 1 } } },
    { name: 'not applicable', sections: { usca: { SaleOptOut: 0, MspaOptOutOptionMode: 1 } } },
    { name: 'no section', sections: {} },
  ])('$name: it never grants', ({ sections, marketing, sale_of_data }) => {
    says(sections)
    expect(read(gpp())).toEqual({ explicit: true, ...left, marketing, sale_of_data })
  })

  test('Europe’s section grants by TCF’s purposes, and an opt-out wins over it', () => {
    const PurposeConsents = Array.from({ length: 24 }, () => true)
    says({ tcfeuv2: [{ PurposeConsents }, { PublisherConsents: [] }] })
    expect(read(gpp())).toMatchObject({ analytics: true, personalization: true, marketing: true, sale_of_data: undefined })
    says({ tcfeuv2: { PurposeConsents }, usca: { SaleOptOut: 1 } })
    expect(read(gpp())).toMatchObject({ analytics: true, marketing: false, sale_of_data: false })
  })

  test('what is not ready is not said', () => {
    says({ usca: { SaleOptOut: 1 } }, 'not ready')
    const source = gpp()
    source.subscribe(() => {})
    expect(() => source.read()).toThrow()
  })
})

describe('Google', () => {
  function gtag(..._command: unknown[]) {
    // biome-ignore lint/complexity/noArguments: as Google's own snippet does
    page.dataLayer.push(arguments)
  }
  const words = () => page.dataLayer.map((command: ArrayLike<unknown>) => [...Array.from(command).slice(0, 3)])

  test('a default decides nothing, an update only what it names', () => {
    page.dataLayer = []
    gtag('consent', 'default', { analytics_storage: 'granted' })
    expect(googleConsent.read()).toBeUndefined()
    gtag('consent', 'update', { analytics_storage: 'granted' })
    page.dataLayer.push(['consent', 'update', { ad_storage: 'granted', ad_user_data: 'granted' }])
    expect(read(googleConsent)).toEqual({ explicit: true, analytics: true, personalization: undefined, marketing: false })
  })

  test('as an output: all is denied before tags load, and they follow the visitor', () => {
    const tracker = create()
    googleConsentOutput(tracker, { security_storage: 'granted' })
    const signals = (analytics: string, rest: string) => ({
      analytics_storage: analytics,
      personalization_storage: rest,
      ad_storage: rest,
      ad_user_data: rest,
      ad_personalization: rest,
    })
    expect(words()).toEqual([
      ['consent', 'default', { ...signals('denied', 'denied'), functionality_storage: 'denied', security_storage: 'granted' }],
      ['consent', 'update', signals('denied', 'denied')],
    ])
    expect(Object.prototype.toString.call(page.dataLayer[0])).toBe('[object Arguments]')
    tracker.consent({ analytics: 'granted' })
    expect(words().at(-1)).toEqual(['consent', 'update', signals('granted', 'denied')])
    tracker.consent({ analytics: 'denied' })
    expect(words().at(-1)).toEqual(['consent', 'update', signals('denied', 'denied')])
  })

  test('the output is no platform’s word: a tracker that follows both decides nothing by its own echo', () => {
    const tracker = create()
    googleConsentOutput(tracker)
    follow(tracker, googleConsent)
    tracker.consent({ analytics: 'granted' }, { source: 'banner' })
    expect(tracker.consent()).toMatchObject({ analytics: 'granted', marketing: 'unknown', reason: 'banner' })
  })

  test('what pushes to the layer gets what it would have got', () => {
    page.dataLayer = [1]
    googleConsent.subscribe(() => {})
    expect(page.dataLayer.push(2, 3)).toBe(3)
    expect([...page.dataLayer]).toEqual([1, 2, 3])
  })
})

test('OneTrust: renamed groups are the shop’s to name, and a group that is not active is denied', () => {
  page.OnetrustActiveGroups = ',C0001,C0007,'
  page.OneTrust = { IsAlertBoxClosed: () => true }
  expect(read(oneTrust)).toMatchObject({ analytics: false, marketing: false })
  expect(read({ ...oneTrust, purposes: { analytics: 'C0007' } })).toEqual({ explicit: true, analytics: true })
})

test('Cookiebot: consent that nobody gave is implied, and no decision', () => {
  page.Cookiebot = { hasResponse: true, consent: { method: 'implied', statistics: true, marketing: true, preferences: true } }
  expect(read(cookiebot).explicit).toBe(false)
})

test('Usercentrics: one denied service denies its category, and so does one that came after the decision', () => {
  const service = (categorySlug: string, status: boolean, type: string) => ({
    categorySlug,
    consent: { status, history: [{ type }] },
  })
  page.UC_UI = {
    getServicesBaseInfo: () => [
      service('functional', true, 'explicit'),
      service('functional', true, 'implicit'),
      service('marketing', true, 'explicit'),
      service('marketing', false, 'explicit'),
    ],
  }
  expect(read(usercentrics)).toEqual({ explicit: true, analytics: false, marketing: false })
})

test('Didomi: where consent is not required, what is enabled is no decision', () => {
  page.Didomi = {
    isConsentRequired: () => false,
    isUserStatusPartial: () => false,
    getCurrentUserStatus: () => ({ purposes: new Proxy({}, { get: () => ({ enabled: true }) }) }),
  }
  expect(read(didomi).explicit).toBe(false)
})

test('Klaro: a switch that is moved and not saved says nothing', () => {
  page.klaro = {
    getManager: () => ({
      confirmed: true,
      consents: { a: true },
      savedConsents: { a: false },
      config: { services: [{ name: 'a', purposes: ['analytics'] }] },
      watch() {},
    }),
  }
  expect(read(klaro)).toEqual({ explicit: true, analytics: false, personalization: undefined, marketing: undefined })
})

test('Shopify: what nobody was asked about is left alone', () => {
  page.Shopify = {
    loadFeatures() {},
    customerPrivacy: { currentVisitorConsent: () => ({ analytics: 'yes', marketing: 'no', preferences: '', sale_of_data: '' }) },
  }
  expect(read(shopify)).toEqual({
    explicit: true,
    analytics: true,
    marketing: false,
    personalization: undefined,
    sale_of_data: undefined,
  })
})

describe('following', () => {
  const source = () => {
    let callback = () => {}
    const told = { explicit: true, says: true as unknown }
    return {
      name: 'made-up',
      purposes: { analytics: 'all', marketing: 'all' },
      detect: () => true,
      read: () => ({ explicit: told.explicit, state: () => told.says }),
      subscribe: (each: () => void) => {
        callback = each
      },
      tell(next: Partial<typeof told>) {
        Object.assign(told, next)
        callback()
      },
    }
  }

  test('a decision that is taken back without another is a denial of what it was about', () => {
    const [tracker, platform] = [create(), source()]
    follow(tracker, platform)
    expect(tracker.consent()).toMatchObject({ analytics: 'granted', marketing: 'granted' })
    platform.tell({ explicit: false })
    expect(tracker.consent()).toMatchObject({ analytics: 'denied', marketing: 'denied', personalization: 'unknown' })
  })

  test.each(['granted', 1, 'true', {}, null, undefined])('%o for an answer changes nothing', (says) => {
    const [tracker, platform] = [create(), source()]
    follow(tracker, platform)
    platform.tell({ says })
    expect(tracker.consent()).toMatchObject({ analytics: 'granted' })
    platform.tell({ says: false })
    platform.tell({ says })
    expect(tracker.consent()).toMatchObject({ analytics: 'denied' })
  })

  test.each(['expired', 'version'])('an old grant does not renew what has become invalid (%s)', (flaw) => {
    vi.useFakeTimers({ toFake: ['Date'] })
    const writeKey = `wk_${crypto.randomUUID()}`
    const options = { endpoint: 'https://collector.invalid/e', writeKey, policyVersion: '1' }
    createTracker(options).consent({ analytics: 'granted' }, { source: 'cmp' })
    if (flaw === 'expired') vi.setSystemTime(Date.now() + 200 * 24 * 60 * 60_000)
    const tracker = createTracker({ ...options, policyVersion: flaw === 'version' ? '2' : '1' })
    const platform = source()
    follow(tracker, platform)
    expect(tracker.consent()).toMatchObject({ analytics: 'unknown', reason: flaw })
    platform.tell({ explicit: false })
    platform.tell({ explicit: true })
    expect(tracker.consent()).toMatchObject({ analytics: 'granted', reason: 'cmp' })
  })

  test('a refusal in the banner is not the platform’s own on the next page, whatever the platform has denied since', () => {
    const writeKey = `wk_${crypto.randomUUID()}`
    const open = () => createTracker({ endpoint: 'https://collector.invalid/e', writeKey })
    const old = {
      ...source(),
      read: () => ({ explicit: true, state: (category: string) => category === 'yes' }),
      purposes: { analytics: 'yes', marketing: 'no' },
    }
    open().consent({ analytics: 'denied' }, { source: 'banner' })
    for (let pages = 0; pages < 3; pages++) {
      const tracker = open()
      follow(tracker, old)
      expect(tracker.consent()).toMatchObject({ analytics: 'denied', marketing: 'denied', reason: 'banner' })
    }
  })
})
