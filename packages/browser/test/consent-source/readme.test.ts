import { readFile } from 'node:fs/promises'
import { expect, test, vi } from 'vitest'
import { cookiebot, follow, klaro, oneTrust, shopify } from '../../src/consent-cmp.ts'

const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8')

test('the example of the README is the one that is run', async () => {
  const example = await readFile(new URL('./example.ts', import.meta.url), 'utf8')
  expect(readme).toContain(`\`\`\`ts\n${example}\`\`\``)
})

test('the README names the usual categories as they are', () => {
  for (const { purposes } of [cookiebot, klaro, oneTrust, shopify]) {
    const row = Object.entries(purposes).map(([purpose, category]) => `${purpose} \`${category}\``)
    expect(readme).toContain(row.join(', '))
  }
})

test('on a server, nothing is followed and nothing is waited for', () => {
  vi.useFakeTimers()
  const tracker = { consent: vi.fn() }
  follow(tracker, cookiebot)
  expect(vi.getTimerCount()).toBe(0)
  expect(tracker.consent).not.toHaveBeenCalled()
  vi.useRealTimers()
})
