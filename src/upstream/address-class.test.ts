import { BlockList } from 'node:net'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { addressClass } from './address-class.ts'

/** Numbers instead of prefixes and lists, so that the test shares nothing with the code that it tests. */
const octets = (value: number): string => [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join('.')
const groups = (value: number): string => `${(value >>> 16).toString(16)}:${(value & 0xffff).toString(16)}`

/** The rows of IANA's IPv4 Special-Purpose Address Registry that are not globally reachable, and multicast, by first and last address. */
const notPublicIpv4: readonly (readonly [first: number, last: number])[] = [
  [0x00000000, 0x00ffffff],
  [0x0a000000, 0x0affffff],
  [0x64400000, 0x647fffff],
  [0x7f000000, 0x7fffffff],
  [0xa9fe0000, 0xa9feffff],
  [0xac100000, 0xac1fffff],
  [0xc0000000, 0xc00000ff],
  [0xc0000200, 0xc00002ff],
  [0xc0586300, 0xc05863ff],
  [0xc0a80000, 0xc0a8ffff],
  [0xc6120000, 0xc613ffff],
  [0xc6336400, 0xc63364ff],
  [0xcb007100, 0xcb0071ff],
  [0xe0000000, 0xffffffff],
]
const azure = 0xa83f8110

const isPublicIpv4 = (value: number): boolean =>
  value !== azure && !notPublicIpv4.some(([first, last]) => first <= value && value <= last)

/** Any IPv4 address, and often one at or next to the edge of a block. */
const ipv4 = fc.oneof(
  fc.integer({ min: 0, max: 0xffffffff }),
  fc
    .tuple(fc.constantFrom(...notPublicIpv4.flat(), azure, 0xa9fea9fe, 0x646464c8), fc.integer({ min: -1, max: 1 }))
    .map(([edge, step]) => Math.min(Math.max(edge + step, 0), 0xffffffff)),
)

describe('an address is public', () => {
  test('exactly when no row of the registry covers it', () => {
    fc.assert(
      fc.property(ipv4, (value) => {
        expect(addressClass(octets(value)) === 'public').toBe(isPublicIpv4(value))
      }),
      { numRuns: 20_000 },
    )
  })

  test('behind the translator of networks without IPv4, when the IPv4 address in it is', () => {
    fc.assert(
      fc.property(ipv4, fc.boolean(), (value, dotted) => {
        const kind = addressClass(`64:ff9b::${dotted ? octets(value) : groups(value)}`)
        expect(kind).toBe(addressClass(octets(value)))
      }),
      { numRuns: 5_000 },
    )
  })

  test('never, as any other way to write an IPv4 address in IPv6', () => {
    fc.assert(
      fc.property(ipv4, (value) => {
        const [high, low] = groups(value).split(':')
        for (const address of [
          `::ffff:${octets(value)}`,
          `0:0:0:0:0:FFFF:${groups(value)}`,
          `::${octets(value)}`,
          `::ffff:0:${octets(value)}`,
          `2002:${high}:${low}::1`,
          `2001:0:${high}:${low}::`,
          `2001::${((0xffff_ffff ^ value) >>> 16).toString(16)}:1`,
          `64:ff9b:1::${octets(value)}`,
        ]) {
          expect(addressClass(address), address).not.toBe('public')
        }
      }),
      { numRuns: 2_000 },
    )
  })

  test('in IPv6, only in what IANA hands out, less what is special in it', () => {
    const special = new BlockList()
    special.addRange('2001::', '2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff', 'ipv6')
    special.addRange('2001:db8::', '2001:db8:ffff:ffff:ffff:ffff:ffff:ffff', 'ipv6')
    special.addRange('2002::', '2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 'ipv6')
    special.addRange('3fff::', '3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff', 'ipv6')
    const group = fc.integer({ min: 0, max: 0xffff })
    const first = fc.oneof(
      group,
      fc.constantFrom(0x1fff, 0x2000, 0x2001, 0x2002, 0x2003, 0x3ffe, 0x3fff, 0x4000, 0xfc00, 0xfd00, 0xfe80, 0xff02),
    )
    const second = fc.oneof(group, fc.constantFrom(0, 1, 0x1ff, 0x200, 0xdb7, 0xdb8, 0xdb9, 0xfff, 0x1000))
    fc.assert(
      fc.property(first, second, fc.array(group, { minLength: 6, maxLength: 6 }), (one, two, rest) => {
        const address = [one, two, ...rest].map((part) => part.toString(16)).join(':')
        const expected = one >= 0x2000 && one <= 0x3fff && !special.check(address, 'ipv6')
        expect(addressClass(address) === 'public', address).toBe(expected)
      }),
      { numRuns: 20_000 },
    )
  })
})

describe('an address that answers a machine with its credentials', () => {
  test.each([
    '169.254.169.254',
    '169.254.170.2',
    '169.254.170.23',
    '100.100.100.200',
    '168.63.129.16',
    '192.0.0.192',
    'fe80::1',
    'fe80::a9fe:a9fe%eth0',
    'fd00:ec2::254',
    'FD00:0EC2:0::0254',
    'fd00:ec2::23',
    'fd20:ce::254',
    'fd00:c1::a9fe:a9fe',
    '::ffff:169.254.169.254',
    '::ffff:a9fe:a9fe',
    '64:ff9b::169.254.169.254',
    '64:ff9b::a83f:8110',
  ])('%s', (address) => expect(addressClass(address)).toBe('metadata'))
})

test.each(['', 'localhost', '127.1', '0177.0.0.1', '1.2.3.4.', ' 8.8.8.8', '[2606:4700::1111]', '8.8.8.8:80'])(
  '%j is no address, so it is not public',
  (text) => expect(addressClass(text)).toBe('private'),
)

test.each(['8.8.8.8', '1.1.1.1', '2606:4700:4700::1111', '2a00:1450:4001::200e', '64:ff9b::8.8.8.8'])(
  '%s is public',
  (address) => expect(addressClass(address)).toBe('public'),
)
