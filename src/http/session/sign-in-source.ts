import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import type { SignInSource } from '../../auth/sign-in-attempts.ts'

/**
 * Returns where an attempt to sign in comes from. Where the connection comes from a proxy, the last address of `X-Forwarded-For` is the client: the proxy itself
 * has added that, whatever the client sent before it.
 */
export function signInSource({ socket: { remoteAddress = '' }, headers }: IncomingMessage): SignInSource {
  const connected = networkOf(remoteAddress)
  const forwardedFor = headers['x-forwarded-for']
  if (forwardedFor === undefined) return { client: connected, proxy: null }
  const last = [forwardedFor].flat().join().split(',').at(-1)?.trim() ?? ''
  return { client: isIP(last) === 0 ? '' : networkOf(last), proxy: connected }
}

/** An IPv6 client has all addresses of its network, the first 64 bits. */
function networkOf(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/s, '')
  if (isIP(plain) !== 6) return plain
  const [head = [], tail = []] = plain.split('::').map((part) => (part === '' ? [] : part.split(':')))
  const zeros = Array.from({ length: Math.max(0, 8 - head.length - tail.length) }, () => '0')
  return [...head, ...zeros, ...tail]
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')
}
