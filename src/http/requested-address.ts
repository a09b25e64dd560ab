import { fullMatch } from '../util/pattern.ts'
import type { Exchange } from './exchange.ts'

/** A host name or an IP address, with or without a port. Any other header is not repeated in a reply. */
const wellFormed = /^(?:[\w.-]{1,253}|\[[0-9a-f:.]{2,45}\])(?::\d{1,5})?$/i

/** Returns the address that the client requested, in the form that the client wrote. Behind a proxy it is the proxy's address. */
export function requestedAddress({ incoming }: Exchange): string {
  const { host = '', 'x-forwarded-proto': scheme } = incoming.headers
  return `${scheme === 'https' ? 'https' : 'http'}://${fullMatch(wellFormed, host) !== null ? host : ownHost(incoming.socket)}`
}

function ownHost({ localAddress = '127.0.0.1', localPort = 80 }: Exchange['incoming']['socket']): string {
  const address = localAddress.replace(/^::ffff:/, '')
  return `${address.includes(':') ? `[${address}]` : address}:${localPort}`
}
