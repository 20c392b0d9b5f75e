import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest'
import { cdp, page, userEvent } from 'vitest/browser'
import { eventually } from '../eventually.ts'
import { focused, openShop, parts } from './open-shop.ts'

beforeEach(() => page.viewport(1000, 700))
afterEach(() => emulate({}))

const emulate = (features: Readonly<Record<string, string>>) =>
  cdp().send('Emulation.setEmulatedMedia', {
    features: Object.entries(features).map(([name, value]) => ({ name, value })),
  })

/** Relative luminance of `rgb(…)`. @see https://www.w3.org/TR/WCAG22/#dfn-relative-luminance */
function luminance(color: string): number {
  const [red = 0, green = 0, blue = 0] = (color.match(/[\d.]+/g) ?? []).map((part) => {
    const channel = Number(part) / 255
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}
function contrast(first: string, second: string): number {
  const [dark = 0, light = 0] = [luminance(first), luminance(second)].toSorted((left, right) => left - right)
  return (light + 0.05) / (dark + 0.05)
}

test.each(['light', 'dark'])('contrast in %s: text 4.5 to 1 and more, edges 3 to 1', async (scheme) => {
  await emulate({ 'prefers-color-scheme': scheme })
  openShop().ask({ policyUrl: '/privacy' })
  parts().third.click()
  const { section, refuse, accept, third, close } = parts()
  const ground = getComputedStyle(section)
  expect(luminance(ground.backgroundColor) > 0.5).toBe(scheme === 'light')
  expect(contrast(ground.borderTopColor, ground.backgroundColor)).toBeGreaterThan(3)
  for (const element of section.querySelectorAll('h2, p, a, label')) {
    expect(contrast(getComputedStyle(element).color, ground.backgroundColor)).toBeGreaterThan(4.5)
  }
  for (const button of [refuse, accept, third]) {
    const style = getComputedStyle(button)
    expect(contrast(style.color, style.backgroundColor)).toBeGreaterThan(4.5)
    expect(contrast(style.backgroundColor, ground.backgroundColor)).toBeGreaterThan(3)
  }
  expect(getComputedStyle(close).backgroundColor).toBe('rgba(0, 0, 0, 0)')
  expect(contrast(getComputedStyle(close).color, ground.backgroundColor)).toBeGreaterThan(4.5)
})

test('a shop that is never dark says so', async () => {
  await emulate({ 'prefers-color-scheme': 'dark' })
  openShop().ask()
  parts().section.style.setProperty('--footfall-color-scheme', 'light')
  expect(getComputedStyle(parts().section).backgroundColor).toBe('rgb(255, 255, 255)')
})

test('in forced colours every button has an edge and readable words', async () => {
  await emulate({ 'forced-colors': 'active' })
  openShop().ask()
  const { section, refuse, accept, third, close } = parts()
  for (const button of [refuse, accept, third, close]) {
    const { color, borderTopColor, borderTopWidth, backgroundColor } = getComputedStyle(button)
    expect(backgroundColor).toMatch(/, 0\)$/)
    expect(contrast(color, getComputedStyle(section).backgroundColor)).toBeGreaterThan(4.5)
    expect(contrast(borderTopColor, getComputedStyle(section).backgroundColor)).toBeGreaterThan(3)
    expect(borderTopWidth).toBe('1px')
  }
})

test('nothing in it moves', () => {
  openShop().ask()
  const { section } = parts()
  expect(section.getAnimations({ subtree: true })).toEqual([])
  for (const element of [section, ...section.querySelectorAll('*')]) {
    expect(getComputedStyle(element)).toMatchObject({ animationName: 'none', transitionDuration: '0s' })
  }
})

test('where the keyboard is, is seen on every stop', async () => {
  openShop().ask({ policyUrl: '/privacy' })
  parts().third.click()
  const stops = [...parts().section.querySelectorAll<HTMLElement>('a, input, button')]
  expect(stops).toHaveLength(8)
  for (const stop of stops) {
    await userEvent.tab()
    expect(focused()).toBe(stop)
    const { outlineStyle, outlineWidth, outlineOffset } = getComputedStyle(stop)
    expect([outlineStyle, outlineOffset]).toEqual(['auto', '2px'])
    expect(Number.parseFloat(outlineWidth)).toBeGreaterThanOrEqual(1)
  }
})

/** What a thumb needs. */
const isWithin = (inner: DOMRect, outer: { left: number; right: number; top: number; bottom: number }) =>
  inner.left >= outer.left && inner.right <= outer.right && inner.top >= outer.top && inner.bottom <= outer.bottom

test.each(['en', 'de', 'fr'])('320 pixels wide, in %s: all is there without scrolling, on both layers', async (language) => {
  await page.viewport(320, 568)
  document.documentElement.lang = language
  openShop().ask({ policyUrl: '/privacy' })
  const screen = { left: 0, top: 0, right: 320, bottom: 568 }
  for (const layer of ['asking', 'choosing']) {
    const { section, refuse, accept, third, close } = parts()
    expect(section.scrollWidth, layer).toBeLessThanOrEqual(section.clientWidth)
    expect(document.documentElement.scrollWidth).toBe(320)
    for (const button of [refuse, accept, third, close]) {
      expect(isWithin(button.getBoundingClientRect(), screen), `${layer}: ${button.textContent}`).toBe(true)
      expect(button.getBoundingClientRect().height).toBeGreaterThanOrEqual(44)
      expect(button.scrollWidth).toBeLessThanOrEqual(button.clientWidth)
    }
    if (layer === 'asking') third.click()
  }
  for (const box of parts().boxes) expect(box.getBoundingClientRect().width).toBeGreaterThanOrEqual(24)
})

test('at 400 % zoom it covers nothing: it stands in the page, and all of it can be scrolled to', async () => {
  await page.viewport(320, 256) // what 1280 by 1024 becomes
  const { buy, ask } = openShop()
  ask({ policyUrl: '/privacy' })
  parts().third.click()
  const { section, close } = parts()
  expect(getComputedStyle(section).position).toBe('static')
  expect(section.scrollHeight).toBeLessThanOrEqual(section.clientHeight)
  expect(document.documentElement.scrollWidth).toBe(320)
  expect(buy.getBoundingClientRect().top).toBeGreaterThanOrEqual(section.getBoundingClientRect().bottom)
  close.focus()
  expect(isWithin(close.getBoundingClientRect(), { left: 0, top: 0, right: 320, bottom: 256 })).toBe(true)
  expect(document.documentElement.style.paddingBottom).toBe('')
})

test('the page can be scrolled out from under it, the focus stops above it, and afterwards the page is as it was', async () => {
  const { settings, ask } = openShop()
  ask()
  const { section } = parts()
  await eventually(() => expect(document.documentElement.style.paddingBottom).not.toBe(''))
  settings.focus()
  expect(settings.getBoundingClientRect().bottom).toBeLessThanOrEqual(section.getBoundingClientRect().top)
  parts().refuse.click()
  await eventually(() => expect(document.documentElement.style.paddingBottom).toBe(''))
  expect(document.documentElement.style.scrollPaddingBottom).toBe('')
})

test('in a page that runs from right to left it does too', () => {
  document.documentElement.lang = 'ar'
  document.documentElement.dir = 'rtl'
  openShop().ask({ text: { ar: { title: 'الخصوصية', analytics: 'إحصاءات', refuse: 'رفض الكل', accept: 'قبول الكل' } } })
  parts().third.click()
  const { section, refuse, accept, boxes } = parts()
  const [box] = boxes
  expect(section.lang).toBe('ar')
  expect(section.getBoundingClientRect().right).toBeGreaterThan(document.documentElement.clientWidth - 16)
  expect(refuse.getBoundingClientRect().left).toBeGreaterThan(accept.getBoundingClientRect().left)
  expect(box?.getBoundingClientRect().right).toBe(box?.parentElement?.getBoundingClientRect().right)
})

test('words that run from left to right do so in such a page as well', () => {
  document.documentElement.lang = 'ar'
  document.documentElement.dir = 'rtl'
  openShop().ask()
  expect(parts().section.lang).toBe('en')
  expect(getComputedStyle(parts().section).direction).toBe('ltr')
})

test('a shop may put it into its page, where it likes', () => {
  const { ask } = openShop()
  const place = document.createElement('aside')
  document.body.append(place)
  place.style.setProperty('--footfall-position', 'static')
  ask({ parent: place })
  expect(place.firstElementChild?.localName).toBe('footfall-banner')
  expect(getComputedStyle(parts().section).position).toBe('static')
})

interface Node {
  readonly ignored: boolean
  readonly role?: { readonly value: string }
  readonly name?: { readonly value: string }
  readonly properties?: readonly { readonly name: string; readonly value: { readonly value: unknown } }[]
}
interface FrameTree {
  readonly frame: { readonly id: string; readonly url: string }
  readonly childFrames?: readonly FrameTree[]
}

/** What a screen reader is told of this page, in its order: role, name and, for a box, its state. */
async function heard(): Promise<string[]> {
  const { frameTree } = (await cdp().send('Page.getFrameTree')) as { frameTree: FrameTree }
  const flat = (tree: FrameTree): FrameTree['frame'][] => [tree.frame, ...(tree.childFrames ?? []).flatMap(flat)]
  const frame = flat(frameTree).find(({ url }) => url === location.href)
  if (!frame) throw new Error('this page is one of the frames')
  const { nodes } = (await cdp().send('Accessibility.getFullAXTree', { frameId: frame.id })) as { nodes: Node[] }
  return nodes
    .filter(({ ignored, role }) => !ignored && /^(region|heading|link|checkbox|button)$/.test(role?.value ?? ''))
    .map(({ role, name, properties }) => {
      const checked = properties?.find((property) => property.name === 'checked')
      return [role?.value, name?.value, ...(checked ? [checked.value.value] : [])].join(': ')
    })
}

test('the accessibility tree: a named region before all else, a heading, boxes and buttons with their names', async () => {
  onTestFinished(async () => void (await cdp().send('Accessibility.disable')))
  await cdp().send('Accessibility.enable')
  const { tracker, ask } = openShop()
  tracker.consent({ marketing: 'granted' })
  ask({ policyUrl: '/privacy' })
  const first = ['region: Privacy', 'heading: Privacy', 'link: Privacy policy', 'button: Refuse all', 'button: Accept all']
  const page = ['button: Buy', 'button: Privacy settings']
  // In breadth, as the tree is told: what is on one level stands together.
  expect((await heard()).toSorted()).toEqual([...first, 'button: Choose', 'button: Close', ...page].toSorted())
  parts().third.click()
  const boxes = [
    'checkbox: Statistics on visits and purchases: false',
    'checkbox: Personal suggestions: false',
    'checkbox: Advertising and its success: true',
  ]
  expect((await heard()).toSorted()).toEqual([...first, ...boxes, 'button: Save choice', 'button: Close', ...page].toSorted())
})

test('under the strictest content security policy the built files work, and nothing is reported', async () => {
  // By another name: what Vite sees of such an address it reads as a list of files in one folder.
  const here = import.meta.url
  const built = (path: string) => new URL(`../../dist/${path}`, here).href
  const frame = document.createElement('iframe')
  // In the head, and the banner before its tracker: the worst order there is.
  frame.srcdoc = `<!doctype html><html lang="de"><head><meta http-equiv="content-security-policy"
    content="default-src 'none'; script-src 'self'; connect-src 'self'">
    <script src="${built('tags/banner.js')}" data-policy-url="/datenschutz" data-purposes="analytics marketing"
      data-marketing="Werbung auf anderen Seiten"></script>
    <script src="${built('footfall.js')}" data-write-key="wk_${crypto.randomUUID()}" data-page="off"></script>
    </head><body><button data-footfall-open>Datenschutz</button>`
  const violations: string[] = []
  const loaded = new Promise((resolve) => {
    frame.onload = resolve
  })
  document.body.append(frame)
  onTestFinished(() => frame.remove())
  // Not the empty document that stands there first: what is reported is reported to the one that follows.
  await eventually(() => expect([frame.contentDocument?.URL, !!frame.contentDocument?.body]).toEqual(['about:srcdoc', true]))
  frame.contentDocument?.addEventListener('securitypolicyviolation', ({ violatedDirective }) =>
    violations.push(violatedDirective),
  )
  await loaded
  const inside = () => frame.contentDocument?.querySelector('footfall-banner')?.shadowRoot?.querySelector('section')
  await eventually(() => expect(inside()).toBeTruthy())
  expect(inside()?.textContent).toContain('Werbung auf anderen Seiten')
  expect(inside()?.textContent).not.toContain('Vorschläge')
  expect(inside()?.querySelector('a')?.getAttribute('href')).toBe('/datenschutz')
  expect(frame.contentWindow?.getComputedStyle(inside() as Element).position).toBe('static') // a frame this low
  expect(frame.contentWindow?.getComputedStyle(inside() as Element).borderTopWidth).toBe('1px')
  inside()?.querySelector('button')?.click()
  expect(inside()).toBeUndefined()
  frame.contentDocument?.querySelector<HTMLElement>('[data-footfall-open]')?.click()
  expect(inside()?.querySelectorAll('input')).toHaveLength(2)
  expect(violations).toEqual([])
})
