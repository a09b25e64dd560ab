import { BlockList, isIPv4, isIPv6 } from 'node:net'

type Block = readonly [network: string, prefix: number]

/**
 * The IPv4 blocks that are not part of the public internet: the entries of IANA's Special-Purpose Address Registry that are not globally
 * reachable, whole blocks without their few exceptions; the retired 6to4 relays; multicast; class E with broadcast.
 */
const specialIpv4: readonly Block[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
]

/**
 * Public IPv6 is 2000::/3, the only block that IANA assigns as global unicast. So `::1`, `::`, unique local and link-local addresses,
 * multicast, and IPv4 written as IPv6 (`::ffff:10.0.0.1`, `::10.0.0.1`) are not public anyway. Inside the block these are special: Teredo
 * and the blocks next to it, documentation, and 6to4, which contains any IPv4 address.
 */
const publicIpv6: Block = ['2000::', 3]
const specialIpv6: readonly Block[] = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
]

/**
 * The prefix of the translator for networks without IPv4 (RFC 6052): an address below it is as public as the IPv4 address in its last 32
 * bits.
 */
const nat64 = '64:ff9b::'

/**
 * The addresses at which clouds give a machine its own credentials. Some lie in blocks that operators allow for good reasons, such as
 * `fd00::/8`, and Azure's is a public address. All of link-local is blocked: AWS alone has three such addresses there.
 */
const metadataIpv4: readonly Block[] = [
  ['169.254.0.0', 16],
  ['100.100.100.200', 32],
  ['168.63.129.16', 32],
  ['192.0.0.192', 32],
]
const metadataIpv6: readonly Block[] = [
  ['fe80::', 10],
  ['fd00:ec2::', 32],
  ['fd20:ce::', 32],
  ['fd00:c1::', 32],
]

const reserved = listOf(specialIpv4, specialIpv6)
const metadata = listOf(metadataIpv4, metadataIpv6)
const global = listOf([], [publicIpv6, [nat64, 96]])

/**
 * Makes a list of blocks.
 * @param ipv4 Each is also added below the prefix of the translator. `BlockList` itself matches IPv4 addresses that are written as
 *   `::ffff:…`.
 */
function listOf(ipv4: readonly Block[], ipv6: readonly Block[]): BlockList {
  const list = new BlockList()
  for (const [network, prefix] of ipv4) {
    list.addSubnet(network, prefix, 'ipv4')
    list.addSubnet(nat64 + network, 96 + prefix, 'ipv6')
  }
  for (const [network, prefix] of ipv6) list.addSubnet(network, prefix, 'ipv6')
  return list
}

/**
 * Classifies an IP address. `metadata` addresses are never allowed, whatever the operator configures. A text that is not an IP address is
 * `private`. An interface (`fe80::1%eth0`) is ignored.
 */
export function addressClass(address: string): 'public' | 'private' | 'metadata' {
  const bare = address.split('%', 1)[0] ?? address
  if (isIPv4(bare)) {
    if (metadata.check(bare, 'ipv4')) return 'metadata'
    return reserved.check(bare, 'ipv4') ? 'private' : 'public'
  }
  if (!isIPv6(bare)) return 'private'
  if (metadata.check(bare, 'ipv6')) return 'metadata'
  return global.check(bare, 'ipv6') && !reserved.check(bare, 'ipv6') ? 'public' : 'private'
}
