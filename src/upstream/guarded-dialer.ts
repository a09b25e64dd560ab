import { isIP, type LookupFunction } from 'node:net'
import Client from 'undici/lib/dispatcher/client.js'
import type { AllowList } from './allow-list.ts'
import { checkAddress, elsewhere, mayReach } from './check-address.ts'
import { FetchFailure } from './fetch-failure.ts'
import { askNameServers, askSystem, type ResolveName } from './resolve-name.ts'

interface DialerOptions {
  /** The private hosts and blocks that may be reached, from the configuration. */
  readonly allowed: AllowList
  /** The limit of TCP and TLS set-up, in milliseconds. */
  readonly connectMs: number
  /** The resolvers for names that the operator listed, and for all other names. */
  readonly resolve?: { readonly listed: ResolveName; readonly other: ResolveName }
}

/**
 * Makes a connection to the host of a caller's URL. It is not shared, and must be destroyed after use.
 * @throws FetchFailure `refused`.
 */
export type Dial = (url: URL, signal: AbortSignal) => Promise<Client>

/**
 * Makes the function that connects to hosts which callers name; there is no other way to them (principle 10). A name is resolved once, all
 * its addresses are checked, and the connection goes to these addresses. So a name server that would answer differently the second time
 * (DNS rebinding) is not asked again.
 */
export function createGuardedDialer({ allowed, connectMs, resolve = systemResolve }: DialerOptions): Dial {
  return async (url, signal) => {
    const { url: target, host, listed } = checkAddress(url, allowed)
    const find = listed ? resolve.listed : resolve.other
    const addresses = isIP(host) === 0 ? await find(host, signal) : [host]
    if (addresses.length === 0 || !addresses.every((address) => mayReach(address, listed, allowed))) {
      throw new FetchFailure('refused', elsewhere)
    }
    return new Client(target.origin, {
      connect: { lookup: answering(addresses), timeout: connectMs },
      allowH2: false,
      // The fetch has one time limit for the whole.
      headersTimeout: 0,
      bodyTimeout: 0,
    })
  }
}

const systemResolve = { listed: askSystem, other: askNameServers }

/** Makes the look-up function of a socket, which returns the checked addresses and asks no name server. */
function answering(addresses: readonly string[]): LookupFunction {
  const answers = addresses.map((address) => ({ address, family: isIP(address) }))
  return (_name, { all }, callback) => {
    const [first] = answers
    if (all === true || first === undefined) callback(null, answers)
    else callback(null, first.address, first.family)
  }
}
