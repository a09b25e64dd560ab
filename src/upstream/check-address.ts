import { isIP } from 'node:net'
import { addressClass } from './address-class.ts'
import type { AllowList } from './allow-list.ts'
import { FetchFailure } from './fetch-failure.ts'
import { nameClass } from './internal-names.ts'
import { fullMatch, search } from '../util/pattern.ts'
import { trimEnd } from '../util/trim-end.ts'

/** One text for unknown names and for private addresses of every kind: who probes a network learns nothing from it. */
export const elsewhere = 'leads to a host that is unknown or not on the public internet'

/** A caller's address whose host, where that is an IP address, may be reached. */
export interface CheckedAddress {
  readonly url: URL
  /** An IP address, or a name in lower case. */
  readonly host: string
  /** Whether the operator listed the name. */
  readonly listed: boolean
}

/**
 * Judges a caller's address by what it says, without a look-up. The WHATWG URL parser has brought other spellings of IPv4, such as
 * `0x7f.1`, into the usual form.
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

/** @param listed Whether the operator listed the name whose address it is. */
export function mayReach(address: string, listed: boolean, allowed: AllowList): boolean {
  const kind = addressClass(address)
  return kind === 'public' || (kind === 'private' && (listed || allowed.hasAddress(address)))
}

/** Whether every parser takes it for the same host: no `\`, no `@`, no white space before the path. What follows may be long, as a signature is. */
const isPlain = (address: string): boolean =>
  search(/^https?:\/\/[^\s/\\?#@]+[/?#]/i, address) !== null ||
  fullMatch(/^https?:\/\/[^\s/\\?#@]+$/i, address) !== null

/**
 * Judges an address that an upstream will fetch, perhaps from inside the operator's network. No name is looked up: what an upstream
 * would find cannot be known here.
 * @throws FetchFailure `refused`.
 */
export function checkHandedOn(address: string, allowed: AllowList): void {
  const { host, listed } = checkAddress(URL.parse(address), allowed)
  const kind = isIP(host) === 0 ? nameClass(host) : 'public'
  if (kind === 'metadata' || (kind === 'private' && !listed)) throw new FetchFailure('refused', elsewhere)
  if (!isPlain(address)) throw new FetchFailure('refused', 'is not a plain http:// or https:// address')
}

/** Certificates know no trailing dot. The parser looks at the host again, since what is left may be another spelling of an address. */
function withoutDot(url: URL): URL {
  const target = new URL(url)
  target.hostname = trimEnd(url.hostname, '.')
  return target
}

/** The host of an IPv6 address stands in brackets. */
const withoutBrackets = (host: string): string => (host.startsWith('[') ? host.slice(1, -1) : host)
