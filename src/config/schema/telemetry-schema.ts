import { Type } from 'typebox'
import { defaults } from '../defaults.ts'
import { address, headers, section } from './object.ts'

const otlp = section(
  {
    endpoint: Type.String({
      ...address,
      description: 'The address of the collector. `/v1/traces` is added to it, unless it ends with that.',
    }),
    headers: Type.Optional(headers),
    sampling_rate: Type.Optional(
      Type.Number({
        minimum: 0,
        maximum: 1,
        default: defaults.otlp.sampling_rate,
        description:
          'The share of requests that are traced. A request with the header `traceparent` is traced where its caller traces it.',
      }),
    ),
    propagate: Type.Optional(
      Type.Boolean({
        default: defaults.otlp.propagate,
        description: 'Whether providers are sent the headers `traceparent` and `tracestate`.',
      }),
    ),
    service_name: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 255,
        default: defaults.otlp.service_name,
        description: 'The `service.name`.',
      }),
    ),
  },
  { description: 'Sends traces to a collector of OpenTelemetry, by OTLP over HTTP in JSON.' },
)

export const telemetry = section(
  {
    metrics: Type.Optional(
      Type.Boolean({
        default: defaults.telemetry.metrics,
        description: 'Whether `/metrics` is served, for Prometheus.',
      }),
    ),
    metrics_key: Type.Optional(
      Type.String({
        minLength: 16,
        maxLength: 1_000,
        pattern: '^[!-~]+$',
        patternErrorMessage: 'must be printable ASCII characters without spaces, since it is sent in a header',
        description:
          'The key with which `/metrics` is read, as `Authorization: Bearer …`. It can do nothing else. Without it, metrics are read without a key on this machine only, and from elsewhere with a management key.',
      }),
    ),
    otlp: Type.Optional(otlp),
  },
  { description: 'What observers are told of the gateway; see docs/telemetry.md.' },
)
