import { fullMatch } from '../util/pattern.ts'
import type { Exchange } from './exchange.ts'

/** A host name or an address, and a port. Whatever else stands in the header is not shown. */
const wellFormed = /^(?:[\w.-]{1,253}|\[[0-9a-f:.]{2,45}\])(?::\d{1,5})?$/i

/** Gives the address that a client asked, as the client would write it: behind a proxy it is the proxy's. */
export function askedAddress({ incoming }: Exchange): string {
  const { host = '', 'x-forwarded-proto': scheme } = incoming.headers
  return `${scheme === 'https' ? 'https' : 'http'}://${fullMatch(wellFormed, host) !== null ? host : ownHost(incoming.socket)}`
}

function ownHost({ localAddress = '127.0.0.1', localPort = 80 }: Exchange['incoming']['socket']): string {
  const address = localAddress.replace(/^::ffff:/, '')
  return `${address.includes(':') ? `[${address}]` : address}:${localPort}`
}
