/**
 * Endings of names that are looked up inside a network alone: reserved (RFC 6761, 6762, 8375; `internal` by ICANN), in use as such
 * (RFC 6762, appendix G), or those of Kubernetes and Consul.
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

/** Where clouds answer a machine with its own credentials, by name. */
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
 * What a host name tells by itself, without a look-up: `private` when it can only be found inside a network, as one without a dot,
 * `metadata` when nobody may be led there, whatever an operator allows.
 *
 * @param name In lower case, without a trailing dot.
 */
export function nameClass(name: string): 'public' | 'private' | 'metadata' {
  if (metadataNames.has(name)) return 'metadata'
  const isInternal = !name.includes('.') || internalDomains.some((domain) => name.endsWith(`.${domain}`))
  return isInternal ? 'private' : 'public'
}
