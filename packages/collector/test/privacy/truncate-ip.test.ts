import fc from 'fast-check'
import { expect, test } from 'vitest'
import { truncateIp } from '../../src/privacy/truncate-ip.ts'

test.each([
  ['203.0.113.77', '203.0.113.0'],
  ['::ffff:203.0.113.77', '203.0.113.0'],
  ['::ffff:cb00:714d', '203.0.113.0'],
  ['2001:db8:85a3:8d3:1319:8a2e:370:7348', '2001:db8:85a3::'],
  ['2001:db8::1', '2001:db8::'],
  ['fe80::1%eth0', 'fe80::'],
  ['::1', '::'],
  ['1:2:3:4:5:6:203.0.113.77', '1:2:3::'],
])('%s becomes %s', (address, network) => {
  expect(truncateIp(address)).toBe(network)
})

test.each([null, undefined, '', 'localhost', '300.1.1.1', '1.2.3', '<script>'])('%s is no address', (text) => {
  expect(truncateIp(text)).toBeNull()
})

test('nothing of the host part remains', () => {
  fc.assert(fc.property(fc.ipV4(), (address) => truncateIp(address) === address.replace(/\d+$/, '0')))
  fc.assert(
    fc.property(fc.ipV6(), (address) => {
      const network = truncateIp(address)
      expect(network).not.toBeNull()
      expect(truncateIp(network)).toBe(network)
    }),
  )
})
