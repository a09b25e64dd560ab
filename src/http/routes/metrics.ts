import { GatewayError } from '../../canonical/errors.ts'
import type { Metrics } from '../../telemetry/metrics/metrics.ts'
import { contentTypes, formatFor } from '../../telemetry/metrics/write-metrics.ts'
import { definePage } from '../http-route.ts'

/** What Prometheus reads (docs/telemetry.md). */
export const metrics = definePage({
  path: '/metrics',
  access: 'metrics',
  handle:
    ({ metrics }: { readonly metrics: Pick<Metrics, 'text'> }) =>
    (exchange) => {
      const format = formatFor(exchange.incoming.headers.accept)
      const text = metrics.text(format)
      if (text === null) {
        throw new GatewayError('not_found', 'Metrics are off. Set "telemetry: { metrics: true }" to switch them on.')
      }
      exchange.text(text, { 'content-type': contentTypes[format], 'cache-control': 'no-store' })
    },
})
