/**
 * The endings of names that are resolved only inside a network: reserved ones (RFC 6761, 6762, 8375; `internal` by ICANN), those in common
 * private use (RFC 6762, appendix G), and those of Kubernetes and Consul.
 */
const internalDomains = [
  'localhost',
  'localdomain',
  'local',
  'internal',
  'home.arpa',
  'intranet',
  'private',
  'corp',
  'home',
  'lan',
  'svc',
  'consul',
]

/** The host names at which clouds give a machine its own credentials. */
const metadataNames = new Set([
  'metadata',
  'instance-data',
  'instance-data.ec2.internal',
  'metadata.google.internal',
  'metadata.goog',
  'metadata.tencentyun.com',
  'metadata.platformequinix.com',
  'metadata.packet.net',
])

/**
 * Classifies a host name by its text alone, without a look-up: `private` when it can only be resolved inside a network, such as a name
 * without a dot; `metadata` when it is never allowed, whatever the operator configures.
 *
 * @param name In lower case, without a trailing dot.
 */
export function nameClass(name: string): 'public' | 'private' | 'metadata' {
  if (metadataNames.has(name)) return 'metadata'
  const isInternal = !name.includes('.') || internalDomains.some((domain) => name.endsWith(`.${domain}`))
  return isInternal ? 'private' : 'public'
}
