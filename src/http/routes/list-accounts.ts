import { type Static, Type } from 'typebox'
import type { Authenticator, KnownKey } from '../../auth/authenticate.ts'
import { usd } from '../../canonical/money.ts'
import type { AccountCredits } from '../../ledger/account-credits.ts'
import type { ContentLog } from '../../ledger/content-log.ts'
import type { Journal } from '../../ledger/journal/journal.ts'
import type { KeyUsage } from '../../ledger/key-usage.ts'
import type { Clock } from '../../util/clock.ts'
import { startOfDay, startOfMonth, startOfWeek } from '../../util/utc-periods.ts'
import { defineRoute } from '../http-route.ts'
import { orNull } from '../openapi/schema/or-null.ts'
import { valueOf, wholeOf } from '../query-value.ts'

const Dollars = Type.Number({ description: 'USD.' })
const Count = Type.Integer({ minimum: 0 })

const AccountSchema = Type.Object(
  {
    name: Type.String(),
    keys: Type.Integer({ minimum: 0, description: 'Its inference keys, disabled ones among them.' }),
    disabled_keys: Count,
    management_keys: Count,
    usage: Dollars,
    usage_daily: Dollars,
    usage_weekly: Dollars,
    usage_monthly: Dollars,
    last_used_at: orNull(Type.String({ description: 'ISO time of the last use of a key that it still has.' })),
    credits: orNull(
      Type.Object({ total: Dollars, remaining: Dollars }, { description: 'Null: credits were never added.' }),
    ),
    log_content: Type.Boolean({ description: 'Whether the input and output of its generations are kept.' }),
  },
  { title: 'Account' },
)

const AccountListSchema = Type.Object({ data: Type.Array(AccountSchema), total_count: Count }, { title: 'AccountList' })

const pageSize = 100

interface Dependencies {
  readonly authenticator: Pick<Authenticator, 'all'>
  readonly keyUsage: Pick<KeyUsage, 'of'>
  readonly generations: Pick<Journal, 'spentByAccount'>
  readonly credits: Pick<AccountCredits, 'added' | 'limit'>
  readonly contentLog: Pick<ContentLog, 'isOn'>
  readonly clock: Clock
}

/** Of this gateway's own. */
export const listAccounts = defineRoute({
  method: 'get',
  path: '/waygate/accounts',
  access: 'operator',
  id: 'listAccounts',
  group: 'Operator',
  summary: 'List accounts',
  description:
    'The accounts that a key names, 100 a page by name, with how many keys they have and what they spent. The keys themselves are those of `GET /keys` with the header `X-Waygate-Account`.',
  parameters: [
    {
      name: 'offset',
      in: 'query',
      description: 'How many accounts to skip at the beginning.',
      schema: Type.Integer({ minimum: 0, default: 0 }),
    },
  ],
  success: { description: 'The accounts.', json: AccountListSchema },
  errors: ['invalid_request', 'authentication', 'permission_denied', 'server'],
  handle: (dependencies: Dependencies) => async (exchange) => {
    const asked = valueOf(exchange.query, 'offset')
    const offset = asked === null ? 0 : wholeOf(asked, 0)
    const accounts = [...Map.groupBy(dependencies.authenticator.all(), ({ record }) => record.account)].toSorted(
      ([one], [other]) => (one < other ? -1 : 1),
    )
    const data: Static<typeof AccountSchema>[] = []
    for (const [name, keys] of accounts.slice(offset, offset + pageSize)) {
      data.push(await describe(name, keys, dependencies))
    }
    exchange.json({ data, total_count: accounts.length })
  },
})

async function describe(
  name: string,
  keys: readonly KnownKey[],
  { keyUsage, generations, credits, contentLog, clock }: Dependencies,
): Promise<Static<typeof AccountSchema>> {
  const now = clock.now()
  const inference = keys.filter(({ record }) => !record.management)
  const hashes = inference.map(({ record }) => record.hash)
  const [used, total, daily, weekly, monthly] = await Promise.all([
    keyUsage.of(hashes, now),
    ...[0, startOfDay(now), startOfWeek(now), startOfMonth(now)].map((since) =>
      generations.spentByAccount(name, since),
    ),
  ])
  const lastUsedAt = Math.max(0, ...[...used.values()].map((usage) => usage.lastUsedAt ?? 0))
  const limit = credits.limit(name)
  return {
    name,
    keys: inference.length,
    disabled_keys: inference.filter(({ record }) => record.disabled).length,
    management_keys: keys.length - inference.length,
    usage: usd(total ?? 0),
    usage_daily: usd(daily ?? 0),
    usage_weekly: usd(weekly ?? 0),
    usage_monthly: usd(monthly ?? 0),
    last_used_at: lastUsedAt === 0 ? null : new Date(lastUsedAt).toISOString(),
    credits: limit === null ? null : { total: usd(credits.added(name).total), remaining: usd(limit - (total ?? 0)) },
    log_content: contentLog.isOn(name),
  }
}
