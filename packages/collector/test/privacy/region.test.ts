import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Receipt } from '@footfall/events'
import { batch, envelope } from '@footfall/testkit/builders'
import { describe, expect, test, vi } from 'vitest'
import { createCollector } from '../../src/collector.ts'
import type { CollectorOptions } from '../../src/config.ts'
import { readRegion } from '../../src/privacy/region.ts'
import { defaultRegionRules, rulesOf, withRules } from '../../src/privacy/region-rules.ts'
import { secretKey, startCollector, temporaryFolder, writeKey } from '../start-collector.ts'
import { geoDb } from './geo-db.ts'

vi.setConfig({ testTimeout: 20_000 })

async function databaseFile(): Promise<string> {
  const file = join(await temporaryFolder(), 'places.mmdb')
  const country = (iso_code: string) => ({ country: { iso_code } })
  const places = {
    '203.0.113.0/24': country('FR'),
    '198.51.100.0/25': { ...country('US'), subdivisions: [{ iso_code: 'CA' }] },
    '198.51.100.128/25': { country_code: 'US' },
    '192.0.2.0/24': country('XX'),
    '2001:db8::/32': country('US'),
  }
  await writeFile(file, geoDb(places))
  return file
}

const proxied = { trustedProxies: '127.0.0.1', store: 'memory' } as const
const opted = { analytics: 'not_required', marketing: 'not_required' } as const

/** What becomes of an event that claims that no consent is needed, sent from an address. */
async function sentFrom(options: CollectorOptions, headers: Readonly<Record<string, string>>) {
  const started = await startCollector({ ...proxied, ...options })
  const body = JSON.stringify(batch([envelope({ consent: opted })]))
  const { accepted } = (await (await started.post(body, headers)).json()) as Receipt
  return accepted === 1 ? 'accepted' : 'refused'
}

describe('where no consent is needed is for the collector to know', () => {
  test.each([
    { address: '198.51.100.7', expect: 'accepted' },
    { address: '198.51.100.200', expect: 'accepted' },
    { address: '2001:db8::7', expect: 'accepted' },
    { address: '203.0.113.7', expect: 'refused' },
    { address: '192.0.2.7', expect: 'refused' },
    { address: '192.168.0.1', expect: 'refused' },
    { address: '::1', expect: 'refused' },
    { address: 'nonsense', expect: 'refused' },
  ])('from $address: $expect', async ({ address, expect: expected }) => {
    expect(await sentFrom({ geoDb: await databaseFile() }, { 'x-forwarded-for': address })).toBe(expected)
  })

  test.each([
    { name: 'the header of a trusted proxy', options: {}, region: 'us', expect: 'accepted' },
    { name: 'a region of it', options: {}, region: 'US-CA', expect: 'accepted' },
    { name: 'another country', options: {}, region: 'DE', expect: 'refused' },
    { name: 'a proxy that does not know', options: {}, region: 'XX', expect: 'refused' },
    { name: 'nonsense', options: {}, region: 'US; DE', expect: 'refused' },
    { name: 'a header of anybody', options: { trustedProxies: [] }, region: 'US', expect: 'refused' },
    { name: 'the shop’s own rule', options: { regionRules: { US: { analytics: 'opt_in' } } }, region: 'US', expect: 'refused' },
    {
      name: 'the shop’s own rule for a part',
      options: { regionRules: { 'US-TX': { analytics: 'opt_in' } } },
      region: 'US-TX',
      expect: 'refused',
    },
    {
      name: 'the shop’s own rule elsewhere',
      options: { regionRules: { GB: { analytics: 'opt_out' } } },
      region: 'GB',
      expect: 'accepted',
    },
  ] as const)('$name: $expect', async ({ options, region, expect: expected }) => {
    expect(await sentFrom({ regionHeader: 'cf-ipcountry', ...options }, { 'cf-ipcountry': region })).toBe(expected)
  })

  test('a server answers for what it says', async () => {
    expect(await sentFrom({}, { authorization: `Bearer ${secretKey}` })).toBe('accepted')
  })

  test('what needs consent there is taken out of an event that needs none, and the snapshot says so', async () => {
    const started = await startCollector({ ...proxied, regionHeader: 'x-region', regionRules: { US: { marketing: 'opt_in' } } })
    const event = envelope({ consent: opted, properties: { product_id: 'A-1', gclid: 'SECRET' } })
    await started.post(JSON.stringify(batch([event])), { 'x-region': 'US' })
    const [stored] = await started.events()
    expect(stored?.consent).toMatchObject({ analytics: 'not_required', marketing: 'unknown' })
    expect(JSON.stringify(stored)).not.toContain('SECRET')
  })
})

test('the region stands in the ledger with its source, the address nowhere', async () => {
  const started = await startCollector({ trustedProxies: '127.0.0.1', geoDb: await databaseFile(), regionHeader: 'x-region' })
  const tell = (subject: string, headers: Readonly<Record<string, string>>, more: object = {}) =>
    fetch(`${started.url}/v1/consent`, {
      method: 'POST',
      body: JSON.stringify({ write_key: writeKey, subject, purposes: { analytics: 'granted' }, ...more }),
      headers,
    })
  await tell('a', { 'x-forwarded-for': '198.51.100.7' })
  await tell('b', { 'x-region': 'DE', 'x-forwarded-for': '192.168.0.1' })
  await tell('c', {}, { jurisdiction: 'br' })
  await tell('d', {}, { jurisdiction: 'somewhere' })
  const found = ['a', 'b', 'c', 'd'].map(async (subject) => {
    const { entries } = (await (await started.get(`/v1/consent/${subject}`)).json()) as {
      entries: { entry: { jurisdiction?: string; region_source?: string } }[]
    }
    expect(JSON.stringify(entries)).not.toMatch(/198\.51|192\.168/)
    return [entries[0]?.entry.jurisdiction, entries[0]?.entry.region_source]
  })
  expect(await Promise.all(found)).toEqual([
    ['US-CA', 'geo'],
    ['DE', 'header'],
    ['BR', 'stated'],
    [undefined, undefined],
  ])
})

test.each([
  { name: 'is not there', content: null },
  { name: 'is something else', content: Buffer.from('no database'.repeat(1000)) },
  { name: 'is empty', content: Buffer.alloc(0) },
  { name: 'was cut', content: geoDb({ '8.0.0.0/8': { country: { iso_code: 'US' } } }).subarray(200) },
])('a database that $name stops the start with a sentence', async ({ content }) => {
  const file = join(await temporaryFolder(), 'places.mmdb')
  if (content !== null) await writeFile(file, content)
  const start = () => createCollector({ store: 'memory', writeKey, secretKey, logLevel: 'silent', geoDb: file })
  expect(start).toThrow(expect.objectContaining({ code: 'bad_setting', message: expect.stringMatching(/FOOTFALL_GEO_DB.*\.$/) }))
})

describe('rules', () => {
  test.each([
    { region: null, expect: 'opt_in' },
    { region: 'FR', expect: 'opt_in' },
    { region: 'US', expect: 'opt_out' },
    { region: 'US-CA', expect: 'opt_out' },
    { region: 'CA-QC', expect: 'opt_in' },
    { region: 'toString', expect: 'opt_in' },
  ])('$region: $expect', ({ region, expect: expected }) => {
    expect(Object.values(rulesOf(defaultRegionRules, region))).toEqual(Array(4).fill(expected))
  })

  test('a part starts from what the shop says about the whole', () => {
    const rules = withRules({ 'US-CA': { sale_of_data: 'opt_in' }, US: { analytics: 'opt_in' }, '*': { analytics: 'opt_out' } })
    expect(rules['US-CA']).toEqual({
      analytics: 'opt_in',
      personalization: 'opt_out',
      marketing: 'opt_out',
      sale_of_data: 'opt_in',
    })
    expect(rulesOf(rules, 'DE')).toMatchObject({ analytics: 'opt_out', marketing: 'opt_in' })
  })

  test.each([
    { text: ' fr ', expect: 'FR' },
    { text: 'us-ca', expect: 'US-CA' },
    { text: 'T1', expect: null },
    { text: 'XX', expect: null },
    { text: 'EU', expect: null },
    { text: '', expect: null },
    { text: undefined, expect: null },
  ])('"$text" is $expect', ({ text, expect: expected }) => {
    expect(readRegion(text)).toBe(expected)
  })
})
