import { isIP } from 'node:net'
import { addressClass } from './address-class.ts'
import type { AllowList } from './allow-list.ts'
import { FetchFailure } from './fetch-failure.ts'
import { nameClass } from './internal-names.ts'
import { fullMatch, search } from '../util/pattern.ts'
import { trimEnd } from '../util/trim-end.ts'

/**
 * The same text for unknown names and for private addresses of every kind, so that somebody who probes a network learns nothing from it.
 */
export const elsewhere = 'leads to a host that is unknown or not on the public internet'

/** An address of a caller that has been checked. Its host, where that is an IP address, may be reached. */
export interface CheckedAddress {
  readonly url: URL
  /** An IP address, or a name in lower case. */
  readonly host: string
  /** Whether the operator listed the name. */
  readonly listed: boolean
}

/**
 * Checks an address of a caller by its text alone, without a look-up. The WHATWG URL parser has already converted other spellings of IPv4,
 * such as `0x7f.1`, to the usual form.
 * @throws FetchFailure `refused`.
 */
export function checkAddress(url: URL | null, allowed: AllowList): CheckedAddress {
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw new FetchFailure('refused', 'is not an http:// or https:// address')
  }
  if (url.username !== '' || url.password !== '') throw new FetchFailure('refused', 'holds a user name or password')
  const target = withoutDot(url)
  const host = withoutBrackets(target.hostname)
  const listed = allowed.hasName(host)
  if (isIP(host) !== 0 && !mayReach(host, listed, allowed)) throw new FetchFailure('refused', elsewhere)
  return { url: target, host, listed }
}

/**
 * Tells whether callers may reach an IP address.
 * @param listed Whether the operator listed the name that has this address.
 */
export function mayReach(address: string, listed: boolean, allowed: AllowList): boolean {
  const kind = addressClass(address)
  return kind === 'public' || (kind === 'private' && (listed || allowed.hasAddress(address)))
}

/**
 * Tells whether every parser finds the same host in an address: no `\`, no `@` and no white space before the path. The rest may be long,
 * for example a signature.
 */
const isPlain = (address: string): boolean =>
  search(/^https?:\/\/[^\s/\\?#@]+[/?#]/i, address) !== null ||
  fullMatch(/^https?:\/\/[^\s/\\?#@]+$/i, address) !== null

/**
 * Checks an address that an upstream will fetch, perhaps from inside the operator's network. No name is looked up: the gateway cannot know
 * what the upstream would find.
 * @throws FetchFailure `refused`.
 */
export function checkHandedOn(address: string, allowed: AllowList): void {
  const { host, listed } = checkAddress(URL.parse(address), allowed)
  const kind = isIP(host) === 0 ? nameClass(host) : 'public'
  if (kind === 'metadata' || (kind === 'private' && !listed)) throw new FetchFailure('refused', elsewhere)
  if (!isPlain(address)) throw new FetchFailure('refused', 'is not a plain http:// or https:// address')
}

/**
 * Removes the trailing dot of a host, which certificates do not have. The parser reads the host again: the rest may be another spelling of
 * an IP address.
 */
function withoutDot(url: URL): URL {
  const target = new URL(url)
  target.hostname = trimEnd(url.hostname, '.')
  return target
}

/** Returns the host of a URL, without the brackets around an IPv6 address. */
const withoutBrackets = (host: string): string => (host.startsWith('[') ? host.slice(1, -1) : host)
