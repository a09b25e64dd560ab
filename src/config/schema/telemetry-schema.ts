import { Type } from 'typebox'
import { defaults } from '../defaults.ts'
import { section } from './object.ts'

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
  },
  { description: 'What observers are told of the gateway; see docs/telemetry.md.' },
)
