import { hash, timingSafeEqual } from 'node:crypto'
import { BlockList, isIP } from 'node:net'
import { bearerKey } from '../../auth/bearer-key.ts'
import { GatewayError } from '../../canonical/errors.ts'
import type { Exchange, Hook } from '../exchange.ts'

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8, 'ipv4')
loopback.addAddress('::1', 'ipv6')

/** What proxies add: behind one, every client seems to be on this machine. */
const forwardingHeaders = ['forwarded', 'via', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip']

/**
 * Admits who may read the metrics: with `telemetry.metrics_key` where it is set, as the operator, and without a key from this machine
 * only, where no `metrics_key` is set. Metrics name models, providers and costs, which are no business of a network.
 * @param metricsKey Null where none is set.
 * @param asOperator The hooks that admit the operator alone.
 */
export const admitScraper =
  (metricsKey: string | null, asOperator: readonly Hook[]): Hook =>
  (exchange) => {
    const { authorization, cookie } = exchange.incoming.headers
    if (metricsKey === null) {
      if (authorization === undefined && isLocal(exchange)) return
    } else if (authorization !== undefined && isSame(bearerKey(authorization), metricsKey)) return
    if (authorization === undefined && cookie === undefined) {
      throw new GatewayError('authentication', missing(metricsKey))
    }
    for (const hook of asOperator) void hook(exchange)
  }

const missing = (metricsKey: string | null): string =>
  metricsKey === null
    ? 'Metrics are read without a key on the machine of the gateway only. Elsewhere send a management key, or set telemetry.metrics_key and send that, as "Authorization: Bearer …".'
    : 'Send telemetry.metrics_key, or a management key, as "Authorization: Bearer …".'

/** The name in the address is checked too: a page of the web may have the browser of this machine call a name that leads here. */
function isLocal({ incoming: { socket, headers } }: Exchange): boolean {
  const { remoteAddress = '' } = socket
  const host = (headers.host ?? '').replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1')
  return (
    isLoopback(remoteAddress.replace(/^::ffff:/, '')) &&
    (host === 'localhost' || isLoopback(host)) &&
    forwardingHeaders.every((name) => headers[name] === undefined)
  )
}

function isLoopback(address: string): boolean {
  const family = isIP(address)
  return family !== 0 && loopback.check(address, family === 4 ? 'ipv4' : 'ipv6')
}

/** Compares digests, which takes the same time wherever the texts differ. */
const isSame = (one: string, other: string): boolean =>
  timingSafeEqual(hash('sha256', one, 'buffer'), hash('sha256', other, 'buffer'))
