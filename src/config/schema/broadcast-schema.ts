import { Type, type TSchema } from 'typebox'
import { destinations } from '../../telemetry/broadcast/_registry.ts'
import { filterRulesSchema } from '../../telemetry/broadcast/filter-rules-schema.ts'
import { defaults } from '../defaults.ts'
import { section } from './object.ts'

/** Writes the name of a setting as this file has it: `bucketName` is `bucket_name`. */
export const fileName = (setting: string): string =>
  setting.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

const flag = (byDefault: boolean, description: string) =>
  Type.Optional(Type.Boolean({ default: byDefault, description }))

/** The settings of every type. Which of them a type has is checked apart, so that an error names the type. */
const settings = Object.fromEntries(
  destinations
    .flatMap(({ schema }) => Object.entries<TSchema>(schema.properties))
    .map(([name, schema]) => [fileName(name), Type.Optional(schema)]),
)

export const broadcast = Type.Array(
  section(
    {
      type: Type.Enum(
        destinations.map(({ type }) => type),
        { description: 'What it is.' },
      ),
      name: Type.String({ minLength: 1, maxLength: 255, description: 'Its name, for the log.' }),
      enabled: flag(defaults.broadcast.enabled, 'Whether it is used.'),
      account: Type.Optional(
        Type.String({ minLength: 1, description: 'The account whose generations it gets. Default: all accounts.' }),
      ),
      sampling_rate: Type.Optional(
        Type.Number({
          minimum: 0.0001,
          maximum: 1,
          default: defaults.broadcast.sampling_rate,
          description: 'The share of the sessions that it gets. A session is sent whole or not at all.',
        }),
      ),
      privacy_mode: flag(defaults.broadcast.privacy_mode, 'Whether prompts and answers are left out.'),
      api_key_hashes: Type.Optional(
        Type.Array(Type.String({ pattern: '^[a-f0-9]{64}$' }), {
          minItems: 1,
          description: 'The hashes of the keys whose generations it gets. Default: all keys.',
        }),
      ),
      filter_rules: Type.Optional(filterRulesSchema),
      broadcast_generation_cost: flag(false, 'Whether it gets more about cost and billing.'),
      broadcast_generation_cost_allocation: flag(
        false,
        'Whether it gets whom the cost belongs to: the account, the key, the user and the app.',
      ),
      broadcast_generation_identity: flag(false, 'Whether it gets the account and the hash of the key.'),
      broadcast_generation_request_context: flag(false, 'Whether it gets the app and the headers that name it.'),
      ...settings,
    },
    {},
  ),
  { maxItems: 100, description: 'Where generations are sent to after they end; see docs/telemetry.md.' },
)
