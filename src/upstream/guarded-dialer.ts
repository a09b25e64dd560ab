import { isIP, type LookupFunction } from 'node:net'
import { Client } from 'undici'
import { addressClass } from './address-class.ts'
import { readAllowList } from './allow-list.ts'
import { FetchFailure } from './fetch-failure.ts'
import { askNameServers, askSystem, type ResolveName } from './resolve-name.ts'
import { fullMatch } from '../util/pattern.ts'
import { trimEnd } from '../util/trim-end.ts'

interface DialerOptions {
  /** Hosts and blocks that may be reached although they are private, as the configuration has them. */
  readonly allow: readonly string[]
  /** Upper bound of TCP and TLS set-up, in milliseconds. */
  readonly connectMs: number
  /** Finds the addresses of names that the operator listed, and of all others. */
  readonly resolve?: { readonly listed: ResolveName; readonly other: ResolveName }
}

/**
 * A connection to the host of a caller's URL, which nobody else uses; to be destroyed after use.
 * @throws FetchFailure `refused`.
 */
export type Dial = (url: URL, signal: AbortSignal) => Promise<Client>

/** One text for unknown names and for private addresses of every kind: who probes a network learns nothing from it. */
const elsewhere = 'leads to a host that is unknown or not on the public internet'

/**
 * The one way to hosts that callers name (principle 10). A name is resolved once, all its addresses are checked, and the connection
 * goes to these same addresses, so that a name server which answers differently the second time (DNS rebinding) is not asked again.
 * The WHATWG URL parser has brought other spellings of IPv4, such as `0x7f.1`, into the usual form.
 */
export function createGuardedDialer({ allow, connectMs, resolve = systemResolve }: DialerOptions): Dial {
  const allowed = readAllowList(allow)
  return async (url, signal) => {
    if (fullMatch(/^https?:$/, url.protocol) === null)
      throw new FetchFailure('refused', 'is not an http:// or https:// address')
    if (url.username !== '' || url.password !== '') throw new FetchFailure('refused', 'holds a user name or password')
    const target = withoutDot(url)
    const host = target.hostname.replace(/^\[|\]$/g, '')
    const listed = allowed.hasName(host)
    const find = listed ? resolve.listed : resolve.other
    const addresses = isIP(host) === 0 ? await find(host, signal) : [host]
    const mayReach = (address: string): boolean => {
      const kind = addressClass(address)
      return kind === 'public' || (kind === 'private' && (listed || allowed.hasAddress(address)))
    }
    if (addresses.length === 0 || !addresses.every(mayReach)) throw new FetchFailure('refused', elsewhere)
    return new Client(target.origin, {
      connect: { lookup: answering(addresses), timeout: connectMs },
      allowH2: false,
      // The fetch has a limit for the whole.
      headersTimeout: 0,
      bodyTimeout: 0,
    })
  }
}

const systemResolve = { listed: askSystem, other: askNameServers }

/** Certificates know no trailing dot. The parser looks at the host again, since what is left may be another spelling of an address. */
function withoutDot(url: URL): URL {
  const target = new URL(url)
  target.hostname = trimEnd(url.hostname, '.')
  return target
}

/** What a socket is told in place of another answer of the name server. */
function answering(addresses: readonly string[]): LookupFunction {
  const answers = addresses.map((address) => ({ address, family: isIP(address) }))
  return (_name, { all }, callback) => {
    const [first] = answers
    if (all === true || first === undefined) callback(null, answers)
    else callback(null, first.address, first.family)
  }
}
