import { describe, expect, test } from 'vitest'
import { judgeClock, judgeNode } from '../../src/doctor/clock.ts'
import { judgeReach } from '../../src/doctor/collector.ts'
import { judgeFileSystem, judgeRoom, judgeSync } from '../../src/doctor/disk.ts'
import { judgeRates } from '../../src/doctor/files.ts'
import { judgeOwners } from '../../src/doctor/folders.ts'
import { judgeKeys, judgeOrigins, judgeProxies, lookAt } from '../../src/doctor/settings.ts'
import { judgePages } from '../../src/doctor/store.ts'
import { loadRates } from '../../src/normalise/rates.ts'

const mebibyte = 2 ** 20
const day = Date.UTC(2026, 10, 22)

describe('disk', () => {
  test.each<{ free: number; store: number; status: string }>([
    { free: 63 * mebibyte, store: 0, status: 'wrong' },
    { free: 64 * mebibyte, store: 0, status: 'warning' },
    { free: 1024 * mebibyte, store: 10_240 * mebibyte, status: 'ok' },
    { free: 1024 * mebibyte, store: 10_250 * mebibyte, status: 'warning' },
  ])('$free bytes free beside $store are $status', ({ free, store, status }) => {
    expect(judgeRoom(free, store).status).toBe(status)
  })

  test.each<{ name: string; latencies: readonly number[]; status: string; says: string }>([
    { name: 'fast', latencies: Array(200).fill(1.5), status: 'ok', says: 'P50 1.50 ms, p99 1.50 ms, of 200 appends' },
    {
      name: 'fast but for one in a hundred',
      latencies: [...Array(197).fill(2), 25, 25, 25],
      status: 'warning',
      says: 'p99 25.00 ms',
    },
    { name: 'fast but for one', latencies: [400, ...Array(199).fill(2)], status: 'ok', says: 'p99 2.00 ms' },
    { name: 'so slow that few were tried', latencies: [4000, 6000], status: 'warning', says: 'p50 6000.00 ms' },
  ])('a disk that is $name', ({ latencies, status, says }) => {
    const finding = judgeSync(latencies)
    expect([finding.status, finding.says]).toEqual([status, expect.stringContaining(says)])
  })

  test.each<{ type: number; status: string | undefined }>([
    { type: 0xef53, status: undefined }, // ext4
    { type: 0x58465342, status: undefined }, // XFS
    { type: 0x6969, status: 'wrong' },
    { type: 0xff534d42, status: 'wrong' },
    { type: 0xff534d42 | 0, status: 'wrong' }, // as a signed number
    { type: 0x65735546, status: 'warning' },
    { type: 0x01021994, status: 'warning' },
    { type: 0x794c7630, status: 'warning' },
  ])('a file system of type $type', ({ type, status }) => {
    expect(judgeFileSystem(type)?.status).toBe(status)
  })
})

describe('who may read', () => {
  const folder = { path: '/d', mode: 0o40700, uid: 7 }
  const keys = { path: '/d/keys.json', mode: 0o100600, uid: 7 }
  test.each<{ name: string; args: Parameters<typeof judgeOwners>; statuses: readonly string[]; advice?: string }>([
    { name: 'all is as it was made', args: [[folder], [keys], 7], statuses: ['ok'] },
    { name: 'root asks', args: [[folder], [keys], 0], statuses: ['ok'] },
    { name: 'the system has no users', args: [[folder], [keys], null], statuses: ['ok'] },
    {
      name: 'keys that a group may read',
      args: [[folder], [{ ...keys, mode: 0o100640 }], 7],
      statuses: ['wrong'],
      advice: 'chmod 600',
    },
    {
      name: 'a folder that all may look into',
      args: [[{ ...folder, mode: 0o40755 }], [keys], 7],
      statuses: ['warning'],
      advice: 'chmod 700',
    },
    { name: 'a file of root', args: [[folder], [{ ...keys, uid: 0 }], 7], statuses: ['wrong'], advice: 'chown 7' },
    { name: 'somebody else asks', args: [[folder], [keys], 8], statuses: ['warning'], advice: 'as the user who runs' },
  ])('$name', ({ args, statuses, advice }) => {
    const findings = judgeOwners(...args)
    expect(findings.map(({ status }) => status)).toEqual(statuses)
    if (advice !== undefined) expect(findings[0]?.advice).toContain(advice)
  })
})

describe('settings', () => {
  test.each<{ given: Parameters<typeof lookAt>[0]; status: string }>([
    { given: {}, status: 'skipped' },
    { given: { writeKey: 'wk_shop', secretKey: 'sk_0123456789abcdef' }, status: 'ok' },
    { given: { secretKey: 'sk_0123456789ab' }, status: 'wrong' },
    { given: { secretKey: 'a'.repeat(40) }, status: 'wrong' },
    { given: { writeKey: 'wk_shop', secretKey: 'sk_0123456789abcdef,secret' }, status: 'wrong' },
    { given: { projects: { tea: { secretKey: 'secret' } } }, status: 'wrong' },
    { given: { projects: { tea: { secretKey: 'sk_0123456789abcdef' } } }, status: 'skipped' },
  ])('keys of $given are $status', ({ given, status }) => {
    expect(judgeKeys(lookAt({ dataDir: '/nowhere', ...given }))).toMatchObject([{ status }])
  })

  test.each<{ origins: readonly string[]; statuses: readonly string[] }>([
    { origins: [], statuses: ['ok'] },
    { origins: ['https://shop.example'], statuses: ['ok'] },
    { origins: ['http://localhost:5173'], statuses: ['ok'] },
    { origins: ['http://shop.example'], statuses: ['warning'] },
    { origins: ['https://shop.example', 'http://127.0.0.1:3000'], statuses: ['warning'] },
    { origins: ['https://shop'], statuses: ['warning'] },
    { origins: ['http://shop', 'http://localhost'], statuses: ['warning', 'warning', 'warning'] },
  ])('origins $origins', ({ origins, statuses }) => {
    expect(judgeOrigins(origins).map(({ status }) => status)).toEqual(statuses)
  })

  const here = { host: '127.0.0.1', url: null, trustedProxies: [] }
  test.each<{ way: Partial<Parameters<typeof judgeProxies>[0]>; status: string }>([
    { way: {}, status: 'ok' },
    { way: { host: '::1' }, status: 'ok' },
    { way: { host: '0.0.0.0' }, status: 'warning' },
    { way: { url: 'https://collect.example' }, status: 'warning' },
    { way: { url: 'https://collect.example', trustedProxies: ['127.0.0.1'] }, status: 'ok' },
    { way: { trustedProxies: ['10.0.0.0/8', 'fc00::/7', '172.16.0.0/12', '173.245.48.0/20', '2400:cb00::/32'] }, status: 'ok' },
    { way: { trustedProxies: ['0.0.0.0/0'] }, status: 'wrong' },
    { way: { trustedProxies: ['127.0.0.1', '::/0'] }, status: 'wrong' },
    { way: { trustedProxies: ['128.0.0.0/1'] }, status: 'wrong' },
    { way: { trustedProxies: ['10.0.0.0/1'] }, status: 'wrong' },
    { way: { trustedProxies: ['::ffff:0:0/96'] }, status: 'wrong' },
    { way: { trustedProxies: ['::1', '::ffff:10.0.0.0/120'] }, status: 'ok' },
  ])('$way is $status', ({ way, status }) => {
    expect(judgeProxies({ ...here, ...way })).toMatchObject([{ check: 'proxies', status }])
  })
})

describe('clock', () => {
  const right = { wall: day, stepMs: 3, remote: null, newestReceivedAt: null }
  test.each<{ reading: Partial<Parameters<typeof judgeClock>[0]>; status: string; says?: string }>([
    { reading: {}, status: 'ok' },
    { reading: { wall: 0 }, status: 'wrong' },
    { reading: { wall: Date.UTC(2147, 0) }, status: 'wrong' },
    { reading: { newestReceivedAt: day + 59_000 }, status: 'ok' },
    { reading: { newestReceivedAt: day + 3_600_000 }, status: 'wrong', says: 'went back' },
    { reading: { stepMs: -900 }, status: 'warning', says: '0.9 s' },
    { reading: { remote: day + 4000 }, status: 'ok' },
    { reading: { remote: day - 30_000 }, status: 'warning', says: '30.0 s' },
    { reading: { remote: day + 600_000 }, status: 'wrong', says: 'ahead of' },
    { reading: { remote: day - 600_000 }, status: 'wrong', says: 'behind' },
  ])('$reading is $status', ({ reading, status, says = '' }) => {
    const finding = judgeClock({ ...right, ...reading })
    expect([finding.status, finding.says]).toEqual([status, expect.stringContaining(says)])
  })

  test.each([
    { version: 'v24.15.0', status: 'ok' },
    { version: 'v24.14.9', status: 'wrong' },
    { version: 'v22.20.0', status: 'wrong' },
    { version: 'v25.1.0', status: 'warning' },
    { version: 'v26.0.0', status: 'ok' },
  ])('Node $version is $status', ({ version, status }) => {
    expect(judgeNode(version).status).toBe(status)
  })
})

test.each<{ csv: string | null; currencies: readonly string[]; status: string }>([
  { csv: null, currencies: ['EUR'], status: 'skipped' },
  { csv: '2026-11-20,1.16,', currencies: ['EUR', 'USD'], status: 'ok' },
  { csv: '2026-11-20,1.16,', currencies: ['CHF'], status: 'wrong' },
  { csv: '2026-11-15,1.16,', currencies: ['EUR'], status: 'ok' },
  { csv: '2026-11-14,1.16,', currencies: ['EUR'], status: 'warning' },
])('rates $csv for $currencies are $status', ({ csv, currencies, status }) => {
  expect(judgeRates(csv === null ? null : loadRates(`Date,USD,\n${csv}`), currencies, day).status).toBe(status)
})

test.each<{ expected: Partial<Parameters<typeof judgeReach>[0]>; answerer: Parameters<typeof judgeReach>[1]; status: string }>([
  { expected: {}, answerer: { kind: 'collector', clock: null }, status: 'ok' },
  { expected: { url: 'http://127.collect.example' }, answerer: { kind: 'collector', clock: null }, status: 'warning' },
  { expected: { url: 'http://collect.example' }, answerer: { kind: 'collector', clock: null }, status: 'warning' },
  { expected: { url: 'https://collect.example' }, answerer: { kind: 'collector', clock: null }, status: 'ok' },
  { expected: {}, answerer: { kind: 'stranger', reason: 'it answers 404' }, status: 'wrong' },
  { expected: {}, answerer: { kind: 'nobody', reason: 'ECONNREFUSED' }, status: 'skipped' },
  { expected: { isNamed: true }, answerer: { kind: 'nobody', reason: 'ECONNREFUSED' }, status: 'wrong' },
  { expected: { isRunning: true }, answerer: { kind: 'nobody', reason: 'ECONNREFUSED' }, status: 'wrong' },
])('$expected and $answerer is $status', ({ expected, answerer, status }) => {
  expect(judgeReach({ url: 'http://127.0.0.1:1', isNamed: false, isRunning: false, ...expected }, answerer).status).toBe(status)
})

test.each<{ checked: Parameters<typeof judgePages>[0]; status: string }>([
  { checked: { kind: 'whole' }, status: 'ok' },
  { checked: { kind: 'damaged', finding: 'Tree 5 page 7: \u001b[2Jbtree' }, status: 'wrong' },
  { checked: { kind: 'unreadable', reason: 'disk I/O error' }, status: 'wrong' },
  { checked: { kind: 'not finished' }, status: 'skipped' },
])('$checked is $status', ({ checked, status }) => {
  const finding = judgePages(checked, 30_000)
  expect(finding.status).toBe(status)
  expect(finding.says).not.toContain('\u001b')
})
