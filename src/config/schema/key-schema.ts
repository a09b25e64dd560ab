import { Type } from 'typebox'
import { limitResets } from '../../canonical/principal.ts'
import { defaults } from '../defaults.ts'
import { section } from './object.ts'

/** Makes the schema of a limit per minute. */
export const perMinute = (description: string) =>
  Type.Optional(
    Type.Union([Type.Integer({ minimum: 0, maximum: 1_000_000_000 }), Type.Null()], { default: null, description }),
  )

const key = section(
  {
    name: Type.String({ minLength: 1, description: 'The name of the key in lists. It must be unique.' }),
    key: Type.String({
      minLength: 16,
      maxLength: 512,
      pattern: '^[!-~]+$',
      patternErrorMessage: 'must hold only printable ASCII characters and no spaces, since it is sent in a header',
      description: 'The key itself, 16 to 512 characters. It is best read from the environment. It must be unique.',
    }),
    account: Type.Optional(
      Type.String({
        minLength: 1,
        default: defaults.account,
        description: 'The account that owns the key. Accounts share nothing with one another.',
      }),
    ),
    limit: Type.Optional(
      Type.Union([Type.Number({ minimum: 0, maximum: 1_000_000 }), Type.Null()], {
        default: null,
        description: 'What the key may spend, in USD. `null` is no limit.',
      }),
    ),
    limit_reset: Type.Optional(
      Type.Union([Type.Enum([...limitResets]), Type.Null()], {
        default: null,
        description:
          'How often `limit` begins anew: `daily` at midnight UTC, `weekly` on Mondays, `monthly` on the first. `null` is never.',
      }),
    ),
    include_byok_in_limit: Type.Optional(
      Type.Boolean({
        default: false,
        description:
          'Whether calls with keys that the account brought for providers count towards `limit`, at the list price; see docs/byok.md.',
      }),
    ),
    requests_per_minute: perMinute(
      'How many requests the key may send in a minute. `null` is `limits.requests_per_minute`.',
    ),
    tokens_per_minute: perMinute(
      'How many tokens of prompts and answers the key may use in a minute. `null` is `limits.tokens_per_minute`.',
    ),
    management: Type.Optional(
      Type.Boolean({
        default: false,
        description:
          'Whether the key manages its account through the API, instead of calling models; see docs/keys.md.',
      }),
    ),
    disabled: Type.Optional(Type.Boolean({ default: false, description: 'Whether the key is refused.' })),
    expires_at: Type.Optional(
      Type.String({
        pattern: '^\\d{4}-\\d{2}-\\d{2}(T\\d{2}:\\d{2}(:\\d{2}(\\.\\d{1,3})?)?Z)?$',
        patternErrorMessage: 'must be an ISO time in UTC, such as 2027-01-01T00:00:00Z',
        description: 'When the key expires: an ISO time in UTC. A date alone means the beginning of that day.',
      }),
    ),
  },
  { description: 'One API key.' },
)

export const keys = Type.Array(key, {
  default: [],
  description: 'API keys that exist from the start. `waygate keys create` creates more.',
})
