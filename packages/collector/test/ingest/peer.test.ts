import { Hono } from 'hono'
import { expect, test } from 'vitest'
import { blockListOf } from '../../src/config-values.ts'
import { type Peer, peerOf } from '../../src/ingest/peer.ts'

async function peerFrom(remoteAddress: string | undefined, headers: Record<string, string>, trusted: string): Promise<Peer> {
  const seen = Promise.withResolvers<Peer>()
  const app = new Hono()
  app.get('/', (c) => {
    seen.resolve(peerOf(c, blockListOf(trusted.split(' ').filter(Boolean))))
    return c.body(null)
  })
  await app.request('/', { headers }, { incoming: { socket: { remoteAddress } } })
  return seen.promise
}

const office = '203.0.113.9'

test.each<{ name: string; remote?: string; trusted?: string; forwarded?: string; expected: string | null }>([
  { name: 'nobody is trusted: the other end of the connection', remote: office, forwarded: '198.51.100.1', expected: office },
  { name: 'an IPv4 address as a socket for both kinds shows it', remote: `::ffff:${office}`, expected: office },
  { name: 'the same in hexadecimal', remote: '::FFFF:cb00:7109', expected: office },
  { name: 'the same written out', remote: '0:0:0:0:0:ffff:203.0.113.9', expected: office },
  { name: 'an IPv6 address is written in one way', remote: '2001:0DB8:0:0::01', expected: '2001:db8::1' },
  { name: 'a zone is of this machine only', remote: 'fe80::1%eth0', expected: 'fe80::1' },
  { name: 'no address at all', remote: '', expected: null },
  { name: 'a trusted proxy names its client', trusted: '127.0.0.1', forwarded: office, expected: office },
  { name: 'a trusted proxy that names nobody', trusted: '127.0.0.1', expected: '127.0.0.1' },
  { name: 'a chain of trusted proxies', trusted: '127.0.0.1 10.0.0.0/8', forwarded: `${office}, 10.1.2.3`, expected: office },
  {
    name: 'a chain that is trusted to its end',
    trusted: '127.0.0.1 10.0.0.0/8',
    forwarded: '10.9.9.9, 10.1.2.3',
    expected: '10.9.9.9',
  },
  { name: 'what a client wrote before the proxy did', trusted: '127.0.0.1', forwarded: `6.6.6.6, ${office}`, expected: office },
  {
    name: 'a client that writes the address of a trusted proxy',
    trusted: '127.0.0.1 10.0.0.0/8',
    forwarded: `6.6.6.6, 10.0.0.1, ${office}, 10.1.2.3`,
    expected: office,
  },
  { name: 'a proxy in IPv4 as IPv6', remote: '::ffff:10.1.2.3', trusted: '10.0.0.0/8', forwarded: office, expected: office },
  { name: 'a hop in IPv4 as IPv6', trusted: '127.0.0.1 10.0.0.0/8', forwarded: `${office}, ::ffff:a01:203`, expected: office },
  { name: 'a hop with a port', trusted: '127.0.0.1', forwarded: `${office}:51234`, expected: office },
  { name: 'IPv6 in brackets, with a port', trusted: '127.0.0.1', forwarded: '[2001:db8::1]:443', expected: '2001:db8::1' },
  { name: 'IPv6 in brackets', trusted: '127.0.0.1', forwarded: '[2001:DB8::1]', expected: '2001:db8::1' },
  { name: 'bare IPv6', trusted: '127.0.0.1', forwarded: '2001:db8::1', expected: '2001:db8::1' },
  {
    name: 'garbage is where it ends',
    trusted: '127.0.0.1 10.0.0.0/8',
    forwarded: `${office}, unknown, 10.1.2.3`,
    expected: '10.1.2.3',
  },
  { name: 'a name instead of an address', trusted: '127.0.0.1', forwarded: 'localhost', expected: '127.0.0.1' },
  { name: 'numbers that are no address', trusted: '127.0.0.1', forwarded: '999.1.1.1', expected: '127.0.0.1' },
  { name: 'an address with leading zeros', trusted: '127.0.0.1', forwarded: '010.1.1.1', expected: '127.0.0.1' },
  {
    name: 'a chain that is longer than any',
    trusted: '127.0.0.1 10.0.0.0/8',
    forwarded: [office, ...Array(4000).fill('10.1.1.1')].join(','),
    expected: '10.1.1.1',
  },
  { name: 'an empty list', trusted: '127.0.0.1', forwarded: ', ,', expected: '127.0.0.1' },
  { name: 'a quoted address, as in Forwarded', trusted: '127.0.0.1', forwarded: `"${office}"`, expected: '127.0.0.1' },
])('$name', async ({ remote = '127.0.0.1', trusted = '', forwarded, expected }) => {
  const { address } = await peerFrom(
    remote === '' ? undefined : remote,
    forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
    trusted,
  )
  expect(address).toBe(expected)
})

test.each<{ name: string; remote: string; trusted?: string; forwarded?: string; expected: Partial<Peer> }>([
  { name: 'a visitor', remote: office, expected: { networks: [office], isUnnamedProxy: false } },
  {
    name: 'a visitor with IPv6, by the /64 and by the /48 around it',
    remote: '2001:db8:1:2::9',
    expected: { networks: ['2001:db8:1:2', '2001:db8:1'] },
  },
  {
    name: 'a visitor who claims to be a proxy',
    remote: office,
    forwarded: '1.1.1.1',
    expected: { networks: [office], isUnnamedProxy: false },
  },
  { name: 'a program on this machine', remote: '127.0.0.1', expected: { networks: [], isUnnamedProxy: false } },
  { name: 'the same by IPv6', remote: '::1', expected: { networks: [], isUnnamedProxy: false } },
  { name: 'a proxy on this machine', remote: '127.0.0.1', forwarded: office, expected: { networks: [], isUnnamedProxy: true } },
  {
    name: 'a proxy in another container',
    remote: '172.18.0.3',
    forwarded: office,
    expected: { networks: [], isUnnamedProxy: true },
  },
  { name: 'a machine of the office', remote: '192.168.1.7', expected: { networks: ['192.168.1.7'], isUnnamedProxy: false } },
  {
    name: 'beside the private networks',
    remote: '172.32.0.1',
    forwarded: office,
    expected: { networks: ['172.32.0.1'], isUnnamedProxy: false },
  },
  {
    name: 'a proxy in a private network of IPv6',
    remote: 'fd00::2',
    forwarded: office,
    expected: { networks: [], isUnnamedProxy: true },
  },
  {
    name: 'a named proxy',
    remote: '127.0.0.1',
    trusted: '127.0.0.1',
    forwarded: office,
    expected: { networks: [office], isProxied: true },
  },
  {
    name: 'a named proxy that names nobody',
    remote: '172.18.0.3',
    trusted: '172.18.0.3',
    expected: { networks: [], isUnnamedProxy: false },
  },
  {
    name: 'a named proxy that forwards this machine',
    remote: '10.0.0.1',
    trusted: '10.0.0.1',
    forwarded: '127.0.0.1',
    expected: { networks: [] },
  },
])('whether an address is one visitor: $name', async ({ remote, trusted = '', forwarded, expected }) => {
  expect(await peerFrom(remote, forwarded === undefined ? {} : { 'x-forwarded-for': forwarded }, trusted)).toMatchObject(expected)
})

test('Forwarded is not believed, not even of a trusted proxy: nobody asked it to clean that header', async () => {
  const headers = { forwarded: `for=${office};proto=https;host=evil.example`, host: 'shop.example' }
  expect(await peerFrom('127.0.0.1', headers, '127.0.0.1')).toMatchObject({
    address: '127.0.0.1',
    host: 'shop.example',
    isHttps: false,
  })
})

test('host and protocol are believed from trusted proxies only, and the last hop is who says them', async () => {
  const headers = { host: 'inner', 'x-forwarded-host': 'evil.example, shop.example', 'x-forwarded-proto': 'http, HTTPS' }
  expect(await peerFrom('127.0.0.1', headers, '127.0.0.1')).toMatchObject({ host: 'shop.example', isHttps: true })
  expect(await peerFrom('127.0.0.1', headers, '')).toMatchObject({ host: 'inner', isHttps: false })
})
