import { Type } from 'typebox'
import { defaults } from '../defaults.ts'
import { section } from './object.ts'

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
    management: Type.Optional(
      Type.Boolean({
        default: false,
        description: 'Whether the key is for managing keys, which the API cannot do yet, instead of calling models.',
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
