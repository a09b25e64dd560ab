import { type Static, Type } from 'typebox'
import { GatewayError } from '../../canonical/errors.ts'
import { usd } from '../../canonical/money.ts'
import { isLimitReset, limitResets } from '../../canonical/principal.ts'
import type { KeyRecord } from '../../storage/stores/key-store.ts'
import type { KeyUsage } from '../../storage/stores/usage-store.ts'
import type { Exchange } from '../exchange.ts'
import type { Parameter } from '../http-route.ts'
import { orNull } from '../openapi/schema/or-null.ts'

const amount = (description: string) => Type.Number({ minimum: 0, description })
const time = (description: string) => Type.String({ description: `${description} ISO time.` })

/** Source: contract §8.A, "Key object". */
export const ListedKeySchema = Type.Object(
  {
    hash: Type.String({ description: 'The SHA-256 of the key, by which it is addressed.' }),
    name: Type.String(),
    label: Type.String({ description: 'The key, with its middle left out. The key itself is never shown again.' }),
    disabled: Type.Boolean(),
    limit: orNull(amount('What it may spend, in USD.')),
    limit_remaining: orNull(Type.Number({ description: 'USD; below 0 when more was spent.' })),
    limit_reset: orNull(Type.Enum([...limitResets], { description: 'How often the limit begins anew, in UTC.' })),
    include_byok_in_limit: Type.Boolean({ description: 'Whether `byok_usage` counts towards the limit too.' }),
    requests_per_minute: orNull(Type.Integer({ description: 'Null: as configured.' })),
    tokens_per_minute: orNull(Type.Integer({ description: 'Null: as configured.' })),
    usage: amount('USD spent in total.'),
    usage_daily: amount('USD spent since midnight UTC.'),
    usage_weekly: amount('USD spent since Monday, UTC.'),
    usage_monthly: amount('USD spent since the first of the month, UTC.'),
    byok_usage: amount('USD spent on credentials of the caller’s own, in total.'),
    byok_usage_daily: amount('The same since midnight UTC.'),
    byok_usage_weekly: amount('The same since Monday, UTC.'),
    byok_usage_monthly: amount('The same since the first of the month, UTC.'),
    created_at: time('For a key of the configuration: when the gateway started.'),
    updated_at: orNull(time('When it was changed last.')),
    last_used_at: orNull(time('When it was used last.')),
    expires_at: orNull(time('When it stops working; null: never.')),
    creator_user_id: orNull(Type.String({ description: 'The member of the account that it belongs to.' })),
    external_user: orNull(Type.String({ description: 'The end user that it was made for.' })),
    workspace_id: Type.String({ description: 'The account: it is the only workspace of its keys.' }),
  },
  { title: 'ListedKey', description: 'A key of the account, with its limit and what it has spent.' },
)

export const ListedKeyReplySchema = Type.Object({ data: ListedKeySchema }, { title: 'ListedKeyReply' })

/** Describes a key with what it has spent. */
export function encodeKey(
  key: KeyRecord,
  { total, daily, weekly, monthly, lastUsedAt }: KeyUsage,
): Static<typeof ListedKeySchema> {
  const reset = key.limitReset !== null && isLimitReset(key.limitReset) ? key.limitReset : null
  const { cost, byokCost } = { daily, weekly, monthly, total }[reset ?? 'total']
  const spent = key.includeByokInLimit ? cost + byokCost : cost
  return {
    hash: key.hash,
    name: key.name,
    label: key.label,
    disabled: key.disabled,
    limit: key.limit === null ? null : usd(key.limit),
    limit_remaining: key.limit === null ? null : usd(key.limit - spent),
    limit_reset: reset,
    include_byok_in_limit: key.includeByokInLimit,
    requests_per_minute: key.requestsPerMinute,
    tokens_per_minute: key.tokensPerMinute,
    usage: usd(total.cost),
    usage_daily: usd(daily.cost),
    usage_weekly: usd(weekly.cost),
    usage_monthly: usd(monthly.cost),
    byok_usage: usd(total.byokCost),
    byok_usage_daily: usd(daily.byokCost),
    byok_usage_weekly: usd(weekly.byokCost),
    byok_usage_monthly: usd(monthly.byokCost),
    created_at: isoTime(key.createdAt),
    updated_at: isoTimeOrNull(key.updatedAt),
    last_used_at: isoTimeOrNull(lastUsedAt),
    expires_at: isoTimeOrNull(key.expiresAt),
    creator_user_id: key.creatorUserId,
    external_user: key.externalUser,
    workspace_id: key.account,
  }
}

const isoTime = (at: number): string => new Date(at).toISOString()
const isoTimeOrNull = (at: number | null): string | null => (at === null ? null : isoTime(at))

/** What a key has spent that was never used. */
const none = { cost: 0, byokCost: 0 }
export const unused: KeyUsage = { total: none, daily: none, weekly: none, monthly: none, lastUsedAt: null }

export const hashParameter: Parameter = {
  name: 'hash',
  in: 'path',
  description: 'The `hash` of the key.',
  schema: Type.String(),
  example: 'f01d52606dc8f0a8303a7b5cc3fa07109c2e346cec7c0a16b40de462992ce943',
}

/**
 * Refuses the hash of a key that the account does not have.
 * @throws GatewayError 404
 */
export function refuseUnknownHash({ parameters }: Exchange): never {
  throw new GatewayError('not_found', `The account has no key ${(parameters['hash'] ?? '').slice(0, 100)}.`)
}

/**
 * Refuses a workspace that is not the account of the caller: there are no others.
 * @throws GatewayError 404
 */
export function refuseOtherWorkspace({ principal }: Exchange, workspace: string | null | undefined): void {
  if (workspace === undefined || workspace === null || workspace === principal.account) return
  throw new GatewayError(
    'not_found',
    `There is no workspace ${workspace.slice(0, 100)}. An account is one workspace, and its id is the name of the account.`,
  )
}
