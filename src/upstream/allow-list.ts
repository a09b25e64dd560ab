import { BlockList, isIP } from 'node:net'

/** The private hosts that the operator allows callers to reach. */
export interface AllowList {
  /** @param name In lower case, without a trailing dot. */
  hasName(name: string): boolean
  /** @param address An IP address. */
  hasAddress(address: string): boolean
}

/**
 * Reads entries of the four forms that the configuration takes: an IP address, a block (`10.0.0.0/8`), a host name, and `*.` with a
 * domain, which means every name below the domain but not the domain itself.
 */
export function readAllowList(entries: readonly string[]): AllowList {
  const blocks = new BlockList()
  const names = new Set<string>()
  const domains: string[] = []
  for (const entry of entries) {
    const [address = '', prefix] = entry.split('/')
    const family = isIP(address)
    if (family !== 0) {
      blocks.addSubnet(address, Number(prefix ?? (family === 4 ? 32 : 128)), familyName(family))
    } else if (entry.startsWith('*.')) {
      domains.push(entry.slice(1).toLowerCase())
    } else {
      names.add(entry.toLowerCase())
    }
  }
  return {
    hasName: (name) => names.has(name) || domains.some((domain) => name.endsWith(domain)),
    hasAddress: (address) => blocks.check(address, familyName(isIP(address))),
  }
}

const familyName = (family: number): 'ipv4' | 'ipv6' => (family === 6 ? 'ipv6' : 'ipv4')
