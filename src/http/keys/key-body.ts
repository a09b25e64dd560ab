import { type Static, Type } from 'typebox'
import type { KeyUpdate, NewKey } from '../../auth/account-keys.ts'
import type { Issue } from '../../canonical/errors.ts'
import { nanoUsd } from '../../canonical/money.ts'
import { limitResets } from '../../canonical/principal.ts'
import { requestValidator } from '../../protocols/schema/validate.ts'
import { nullish } from '../../util/nullish.ts'
import { parseUtcTime } from '../../util/parse-utc-time.ts'
import { fullMatch, search } from '../../util/pattern.ts'

/** Names are printed on terminals, so control characters are refused. */
const name = Type.String({ minLength: 1, maxLength: 100, description: 'No other key of the account may have it.' })
const perMinute = (what: string) =>
  nullish(Type.Integer({ minimum: 1, maximum: 1_000_000_000, description: `${what} Null: as configured.` }))

const settings = {
  limit: nullish(
    Type.Number({ minimum: 0, maximum: 1_000_000, description: 'What it may spend, in USD. Null: no limit.' }),
  ),
  limit_reset: nullish(
    Type.Enum([...limitResets], { description: 'How often the limit begins anew, in UTC. Null: never.' }),
  ),
  include_byok_in_limit: nullish(
    Type.Boolean({
      description:
        'Whether calls with keys that the account brought for providers count towards the limit, at the list price.',
    }),
  ),
  requests_per_minute: perMinute('How many requests it may send in a minute.'),
  tokens_per_minute: perMinute('How many tokens it may use in a minute.'),
  workspace_id: nullish(Type.String({ maxLength: 200, description: 'Only the account itself, by its name.' })),
}

const user = (description: string) => Type.String({ minLength: 1, maxLength: 512, description })

/** Unknown fields are allowed and have no effect (contract §0.3): the reply shows the limits that hold. */
export const CreateKeySchema = Type.Object(
  {
    name,
    ...settings,
    expires_at: nullish(
      Type.String({
        description: 'When it stops working: an ISO time in UTC with seconds, like 2027-01-01T00:00:00Z.',
      }),
    ),
    creator_user_id: nullish(user('The member of the account that it belongs to.')),
    external: nullish(
      Type.Object(
        {
          user: user('The end user that it is made for.'),
          api_key: nullish(
            Type.String({
              minLength: 32,
              maxLength: 512,
              description: 'The key itself. Only its SHA-256 is stored. Absent: a key is made.',
            }),
          ),
        },
        { additionalProperties: false },
      ),
    ),
  },
  { title: 'CreateKeyRequest' },
)

export const UpdateKeySchema = Type.Object(
  { name: nullish(name), disabled: nullish(Type.Boolean()), ...settings },
  { title: 'UpdateKeyRequest' },
)

const issuesOf = (body: Static<typeof UpdateKeySchema>): readonly Issue[] => [
  ...(typeof body.name === 'string' && (body.name.trim() === '' || search(/\p{Cc}/u, body.name) !== null)
    ? [{ path: 'name', message: 'must have printable characters only, and not only spaces' }]
    : []),
]

/** The key is in a header of every request, so it has no spaces, and only characters that a header may have. */
const isSendable = (key: string): boolean => fullMatch(/^[\x21-\x7e]+$/, key) !== null

const issuesOfNew = (body: Static<typeof CreateKeySchema>): readonly Issue[] => [
  ...issuesOf(body),
  ...(typeof body.expires_at === 'string' && parseUtcTime(body.expires_at) === null
    ? [
        {
          path: 'expires_at',
          message: 'must be an ISO time in UTC with seconds, like 2027-01-01T00:00:00Z: no other offset is taken',
        },
      ]
    : []),
  ...(typeof body.external?.api_key === 'string' && !isSendable(body.external.api_key)
    ? [{ path: 'external.api_key', message: 'must have printable ASCII characters only, and no spaces' }]
    : []),
]

export const readNewKeyBody = requestValidator(CreateKeySchema, issuesOfNew)
export const readKeyChangeBody = requestValidator(UpdateKeySchema, issuesOf)

/** Returns what a body decides about a new key. */
export const newKeyOf = (body: Static<typeof CreateKeySchema>): NewKey => ({
  name: body.name.trim(),
  limit: inNanoUsd(body.limit),
  limitReset: body.limit_reset ?? null,
  includeByokInLimit: body.include_byok_in_limit ?? false,
  requestsPerMinute: body.requests_per_minute ?? null,
  tokensPerMinute: body.tokens_per_minute ?? null,
  expiresAt: typeof body.expires_at === 'string' ? parseUtcTime(body.expires_at) : null,
  creatorUserId: body.creator_user_id ?? null,
  externalUser: body.external?.user ?? null,
  ...(typeof body.external?.api_key === 'string' && { key: body.external.api_key }),
})

/** Returns the change that a body makes. Null clears a field that may be null, and leaves any other as it is. */
export function keyUpdateOf(body: Static<typeof UpdateKeySchema>): KeyUpdate {
  const { name: newName, disabled, limit, limit_reset: limitReset, include_byok_in_limit: includeByok } = body
  const { requests_per_minute: requestsPerMinute, tokens_per_minute: tokensPerMinute } = body
  return {
    ...(typeof newName === 'string' && { name: newName.trim() }),
    ...(typeof disabled === 'boolean' && { disabled }),
    ...(limit !== undefined && { limit: inNanoUsd(limit) }),
    ...(limitReset !== undefined && { limitReset }),
    ...(typeof includeByok === 'boolean' && { includeByokInLimit: includeByok }),
    ...(requestsPerMinute !== undefined && { requestsPerMinute }),
    ...(tokensPerMinute !== undefined && { tokensPerMinute }),
  }
}

const inNanoUsd = (amount: number | null | undefined): number | null =>
  amount === null || amount === undefined ? null : nanoUsd(amount)
