import { expect, test, vi } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import type { Tracker } from '../../src/index.ts'
import { eventually } from '../eventually.ts'
import { openPage } from '../open-page.ts'
import { focused, openShop, parts, shown } from './open-shop.ts'

const states = (tracker: Tracker) => {
  const { analytics, personalization, marketing } = tracker.consent()
  return { analytics, personalization, marketing }
}
const all = <S>(state: S) => ({ analytics: state, personalization: state, marketing: state })

/** Whatever a page could have left on this device. */
const onDevice = async () => ({
  localStorage: Object.keys(localStorage),
  sessionStorage: Object.keys(sessionStorage),
  cookies: document.cookie,
  databases: (await indexedDB.databases()).map(({ name }) => name),
})

test('who has decided nothing is asked; nothing is written and nothing is sent, and the page can be used', async () => {
  const before = await onDevice()
  const { tracker, collector, buy, ask } = openShop()
  tracker.page()
  ask()
  const onBuy = vi.fn()
  buy.addEventListener('click', onBuy)
  await userEvent.click(buy)
  expect(onBuy).toHaveBeenCalledOnce()
  await tracker.flush()
  expect(shown()).toBeDefined()
  expect(collector.attempts).toEqual([])
  expect(window.fetch).not.toHaveBeenCalled()
  expect(await onDevice()).toEqual(before)
})

test('it is not asked for the focus: the page keeps it, and the next Tab from the top is the banner', async () => {
  const { ask } = openShop()
  ask()
  expect(focused()).toBe(document.body)
  await userEvent.tab()
  expect(focused()).toBe(parts().refuse)
})

test.each([
  { name: 'Refuse all', method: 'refuse_all', expected: all('denied') },
  { name: 'Accept all', method: 'accept_all', expected: all('granted') },
])('$name is one click, and decides about every purpose', async ({ name, method, expected }) => {
  const { tracker, collector, ask } = openShop({ policyVersion: '7' })
  ask()
  await page.getByRole('button', { name }).click()
  expect(shown()).toBeUndefined()
  expect(tracker.consent()).toMatchObject({ ...expected, source: 'banner', version: '7', reason: 'banner' })
  if (method === 'refuse_all') {
    await tracker.flush()
    expect(collector.attempts).toEqual([])
  } else {
    await eventually(() => expect(collector.stored()).toHaveLength(1))
    expect(collector.stored()[0]).toMatchObject({ name: 'consent_updated', properties: { method, source: 'banner' } })
  }
})

test('the two are alike in size and in every property of their style, one beside the other', () => {
  openShop().ask()
  const { refuse, accept } = parts()
  const [left, right] = [refuse.getBoundingClientRect(), accept.getBoundingClientRect()]
  expect([left.width, left.height, left.top]).toEqual([right.width, right.height, right.top])
  const styleOf = (element: Element) => {
    const style = getComputedStyle(element)
    return Object.fromEntries([...style].map((name) => [name, style.getPropertyValue(name)]))
  }
  expect(Object.keys(styleOf(refuse)).length).toBeGreaterThan(100)
  expect(styleOf(refuse)).toEqual(styleOf(accept))
})

test('a shop cannot make one of them smaller than the other: its style does not reach inside, its variables reach both', () => {
  const { ask } = openShop()
  const style = document.createElement('style')
  style.textContent = 'button { display: none !important } :root { --footfall-button-background: rgb(1, 2, 3) }'
  document.body.append(style)
  ask()
  const { refuse, accept } = parts()
  for (const button of [refuse, accept]) {
    expect(getComputedStyle(button).display).not.toBe('none')
    expect(getComputedStyle(button).backgroundColor).toBe('rgb(1, 2, 3)')
  }
})

test('by keyboard alone: choose, tick one purpose, save', async () => {
  const { tracker, ask } = openShop()
  ask({ policyUrl: '/privacy' })
  const order: string[] = []
  for (let stop = 0; stop < 5; stop++) {
    await userEvent.tab()
    order.push(focused()?.textContent ?? '')
  }
  expect(order).toEqual(['Privacy policy', 'Refuse all', 'Accept all', 'Choose', 'Close'])
  await userEvent.tab({ shift: true })
  await userEvent.keyboard('{Enter}')
  expect(focused()?.textContent).toBe('Privacy')
  expect(parts().boxes.map(({ checked }) => checked)).toEqual([false, false, false])
  await userEvent.tab()
  await userEvent.tab()
  expect(focused()).toBe(parts().boxes[0])
  await userEvent.keyboard(' ')
  for (let stop = 0; stop < 5; stop++) await userEvent.tab()
  expect(focused()?.textContent).toBe('Save choice')
  await userEvent.keyboard('{Enter}')
  expect(shown()).toBeUndefined()
  expect(states(tracker)).toEqual({ ...all('denied'), analytics: 'granted' })
})

test.each(['the Escape key', 'Close', 'close()'])('%s decides nothing, and the next page asks again', async (way) => {
  const { tracker, ask } = openShop()
  const banner = ask()
  if (way === 'close()') banner.close()
  else if (way === 'Close') await userEvent.click(parts().close)
  else {
    await userEvent.tab()
    await userEvent.keyboard('{Escape}')
  }
  expect(shown()).toBeUndefined()
  expect(states(tracker)).toEqual(all('unknown'))
  ask()
  expect(shown()).toBeDefined()
})

test('Escape elsewhere in the page is the page’s', async () => {
  const { buy, ask } = openShop()
  ask()
  buy.focus()
  await userEvent.keyboard('{Escape}')
  expect(shown()).toBeDefined()
})

test('reopened, it shows what stands and has the focus; taking all back is one click, and the focus returns to the opener', async () => {
  const { tracker, settings, ask } = openShop()
  settings.addEventListener('click', ask().open)
  parts().accept.click()
  settings.focus()
  await userEvent.keyboard('{Enter}')
  expect(focused()?.tagName).toBe('H2')
  expect(parts().boxes.map(({ checked }) => checked)).toEqual([true, true, true])
  await page.getByRole('button', { name: 'Refuse all' }).click()
  expect(states(tracker)).toEqual(all('denied'))
  expect(focused()).toBe(settings)
})

test.each(['Escape', 'Close'])('left by %s the focus is where it was', async (way) => {
  const { settings, ask } = openShop()
  const { open } = ask()
  settings.focus()
  open()
  if (way === 'Close') parts().close.focus()
  await userEvent.keyboard(way === 'Close' ? '{Enter}' : '{Escape}')
  expect(shown()).toBeUndefined()
  expect(focused()).toBe(settings)
})

test('the focus of a visitor who never was in the banner stays where it is', async () => {
  const { tracker, buy, ask } = openShop()
  ask()
  buy.focus()
  tracker.consent({ analytics: 'denied', personalization: 'denied', marketing: 'denied' })
  expect(shown()).toBeUndefined()
  expect(focused()).toBe(buy)
})

test('nor is the focus fetched back from where the visitor went after having been in the banner', () => {
  const { tracker, buy, settings, ask } = openShop()
  ask()
  settings.focus()
  parts().third.focus()
  buy.focus()
  tracker.consent({ analytics: 'denied', personalization: 'denied', marketing: 'denied' })
  expect(shown()).toBeUndefined()
  expect(focused()).toBe(buy)
})

test('the way back is remembered from one layer to the next, and forgotten with the banner', async () => {
  const { buy, ask } = openShop()
  const { open, close } = ask()
  buy.focus()
  parts().third.focus()
  await userEvent.keyboard('{Enter}')
  expect(focused()?.tagName).toBe('H2')
  close()
  expect(focused()).toBe(buy)
  buy.blur()
  open()
  close()
  expect(focused()).toBe(document.body)
})

test('who closed it is left alone on this page, whatever else becomes of consent', () => {
  const { tracker, ask } = openShop()
  ask().close()
  tracker.consent({ personalization: 'denied' })
  expect(tracker.consent().analytics).toBe('unknown')
  expect(shown()).toBeUndefined()
})

test('who has decided is not asked, and is asked again when the text is another', () => {
  const { tracker, writeKey, ask } = openShop({ policyVersion: '1' })
  tracker.consent({ analytics: 'denied', personalization: 'denied', marketing: 'denied' })
  ask()
  expect(shown()).toBeUndefined()
  const next = openShop({ policyVersion: '2', writeKey })
  expect(next.tracker.consent().reason).toBe('version')
  next.ask()
  expect(shown()).toBeDefined()
})

test('who decided half a year ago is asked again', () => {
  const { tracker, writeKey } = openShop()
  tracker.consent({ analytics: 'granted', personalization: 'granted', marketing: 'granted' })
  vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 184 * 24 * 60 * 60 * 1000)
  const later = openShop({ writeKey })
  expect(later.tracker.consent().reason).toBe('expired')
  later.ask()
  expect(parts().boxes).toEqual([])
})

test('an answer in another tab takes the banner away here', async () => {
  const { writeKey, collector, ask } = openShop()
  ask()
  const other = await openPage('../src/index.ts', collector)
  other.createTracker({ writeKey, endpoint: collector.endpoint }).consent({
    analytics: 'denied',
    personalization: 'denied',
    marketing: 'denied',
  })
  await eventually(() => expect(shown()).toBeUndefined())
})

test('only what is asked for is decided', () => {
  const { tracker, ask } = openShop()
  ask({ purposes: ['analytics', 'sale_of_data'] })
  parts().refuse.click()
  expect(tracker.consent()).toMatchObject({
    analytics: 'denied',
    personalization: 'unknown',
    marketing: 'unknown',
    sale_of_data: 'denied',
  })
  ask({ purposes: ['analytics', 'sale_of_data'] })
  expect(shown()).toBeUndefined()
})

test('where nothing has to be asked it is silent, and shows what is on when it is opened', () => {
  const { tracker, ask } = openShop({ optOut: ['analytics', 'personalization', 'marketing'] })
  const banner = ask()
  expect(shown()).toBeUndefined()
  banner.open()
  expect(parts().boxes.map(({ checked }) => checked)).toEqual([true, true, true])
  parts().refuse.click()
  expect(states(tracker)).toEqual(all('denied'))
})

test('Global Privacy Control: it says so, and advertising stays off whatever is clicked', () => {
  Object.defineProperty(navigator, 'globalPrivacyControl', { value: true, configurable: true })
  try {
    const { tracker, writeKey, ask } = openShop()
    ask()
    expect(parts().section.textContent).toContain('Advertising stays off: Global Privacy Control')
    parts().third.click()
    expect(parts().boxes.map(({ name, checked, disabled }) => ({ name, checked, disabled }))).toEqual([
      { name: 'analytics', checked: false, disabled: false },
      { name: 'personalization', checked: false, disabled: false },
      { name: 'marketing', checked: false, disabled: true },
    ])
    parts().accept.click()
    expect(states(tracker)).toEqual({ ...all('granted'), marketing: 'denied' })
    expect(JSON.parse(localStorage[`footfall:${writeKey}:consent`])).toMatchObject({ marketing: 'denied' })
  } finally {
    Reflect.deleteProperty(navigator, 'globalPrivacyControl')
  }
})

test('what the shop says is text and never markup', () => {
  const { ask } = openShop()
  const markup = '<img src=x onerror="document.body.remove()">'
  ask({ text: { en: { title: markup, text: markup, analytics: markup, accept: markup } } })
  const { section } = parts()
  expect(section.querySelector('img')).toBeNull()
  expect(section.querySelector('h2')?.textContent).toBe(markup)
})

const bodiesOf = () =>
  vi.mocked(window.fetch).mock.calls.map(([url, request]) => [url, JSON.parse(String(request?.body)), request?.credentials])

test('told to count, it says that it asked and what was answered, and not a word about who', async () => {
  const { tracker, collector, writeKey, settings, ask } = openShop()
  collector.become(() => new Response('{}'))
  const count = { endpoint: 'https://collector.test/v1/consent', writeKey }
  settings.addEventListener('click', ask({ count, version: '3' }).open)
  parts().refuse.click()
  const about = { write_key: writeKey, policy_version: '3', source: 'banner' }
  const expected = [
    [count.endpoint, { ...about, purposes: all('unknown') }, 'omit'],
    [count.endpoint, { ...about, purposes: all('denied'), method: 'refuse_all' }, 'omit'],
  ]
  expect(bodiesOf()).toEqual(expected)
  // A change of mind is the consent record's matter, and would count a visitor twice.
  settings.click()
  parts().refuse.click()
  await tracker.flush()
  expect(bodiesOf()).toEqual(expected)
})

test('a count that fails is nobody’s trouble', async () => {
  const { tracker, writeKey, ask } = openShop()
  vi.mocked(window.fetch).mockRejectedValue(new TypeError('Failed to fetch'))
  const rejections = vi.fn()
  addEventListener('unhandledrejection', rejections)
  ask({ count: { endpoint: 'https://collector.test/v1/consent', writeKey } })
  parts().refuse.click()
  await new Promise((resolve) => setTimeout(resolve))
  removeEventListener('unhandledrejection', rejections)
  expect(window.fetch).toHaveBeenCalledTimes(2)
  expect(rejections).not.toHaveBeenCalled()
  expect(states(tracker)).toEqual(all('denied'))
})

test('the example of the README', async () => {
  const { settings } = openShop()
  settings.id = 'privacy-settings'
  await import('./example.ts')
  expect(parts().section.querySelector('a')?.pathname).toBe('/privacy')
  await page.getByRole('button', { name: 'Refuse all' }).click()
  settings.click()
  expect(parts().boxes.map(({ checked }) => checked)).toEqual([false, false, false])
  parts().close.click()
})

test('a page that is only being prerendered asks nobody, and asks when it is shown', () => {
  Object.defineProperty(document, 'prerendering', { value: true, configurable: true })
  const { collector, writeKey, ask } = openShop()
  try {
    ask({ count: { endpoint: 'https://collector.test/v1/consent', writeKey } })
    expect(shown()).toBeUndefined()
  } finally {
    Reflect.deleteProperty(document, 'prerendering')
  }
  expect(window.fetch).not.toHaveBeenCalled()
  collector.become(() => new Response('{}'))
  document.dispatchEvent(new Event('prerenderingchange'))
  expect(shown()).toBeDefined()
  expect(window.fetch).toHaveBeenCalledOnce()
})

test('a browser without constructed style sheets is asked all the same', () => {
  vi.stubGlobal('CSSStyleSheet', class {})
  try {
    const { tracker, ask } = openShop()
    ask()
    parts().refuse.click()
    expect(states(tracker)).toEqual(all('denied'))
  } finally {
    vi.unstubAllGlobals()
  }
})
