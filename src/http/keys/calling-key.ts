import { type Static, Type } from 'typebox'
import { usd } from '../../canonical/money.ts'
import { limitResets, type Principal } from '../../canonical/principal.ts'
import type { FreeModelLimits, FreeModelUse } from '../../ledger/free-model-limits.ts'
import type { Journal } from '../../ledger/journal/journal.ts'
import type { Clock } from '../../util/clock.ts'
import { periodAt, startOfDay, startOfMonth, startOfWeek } from '../../util/utc-periods.ts'
import type { Exchange } from '../exchange.ts'
import { orNull } from '../openapi/schema/or-null.ts'

const Dollars = Type.Number({ minimum: 0, description: 'USD.' })

const spending = (what: string) => ({
  whole: Type.Number({ minimum: 0, description: `USD spent ${what}, in total.` }),
  daily: Type.Number({ minimum: 0, description: `USD spent ${what} since midnight UTC.` }),
  weekly: Type.Number({ minimum: 0, description: `USD spent ${what} since Monday, UTC.` }),
  monthly: Type.Number({ minimum: 0, description: `USD spent ${what} since the first of the month, UTC.` }),
})
const own = spending('on the gateway’s credentials')
const byok = spending('on credentials of the caller’s own')

const FreeRequestsSchema = Type.Object(
  { limit: Type.Integer(), remaining: Type.Integer(), used: Type.Integer() },
  { title: 'FreeModelRequests', description: 'Requests to free models per day; -1 means no limit.' },
)

/** Source: contract §8.A7. */
const BudgetSchema = Type.Object(
  {
    scope: Type.Enum(['key_limit'], { description: '`key_limit` is the limit of the key itself.' }),
    guardrail_id: orNull(Type.String()),
    budget_id: orNull(Type.String()),
    limit_usd: Dollars,
    spend_usd: Dollars,
    remaining_usd: Type.Number({ description: 'USD. At 0 or below, requests are refused with 403.' }),
    reset_interval: orNull(Type.Enum([...limitResets])),
    resets_at: orNull(Type.String({ description: 'ISO time.' })),
    include_byok: Type.Boolean({
      description: 'Whether it includes what was spent on credentials of the caller’s own.',
    }),
  },
  {
    title: 'Budget',
    description: 'A limit and what was spent of it. `effective_budget` is the one that blocks first.',
  },
)

/** Source: contract §8.A7. */
const KeySchema = Type.Object(
  {
    label: Type.String({ description: 'The key, with its middle left out.' }),
    limit: orNull(Dollars),
    limit_remaining: orNull(Type.Number({ description: 'USD; below 0 when more was spent.' })),
    limit_reset: orNull(Type.Enum([...limitResets], { description: 'How often the limit begins anew.' })),
    include_byok_in_limit: Type.Boolean({ description: 'Whether `byok_usage` counts towards the limit too.' }),
    usage: own.whole,
    usage_daily: own.daily,
    usage_weekly: own.weekly,
    usage_monthly: own.monthly,
    byok_usage: byok.whole,
    byok_usage_daily: byok.daily,
    byok_usage_weekly: byok.weekly,
    byok_usage_monthly: byok.monthly,
    is_free_tier: Type.Boolean(),
    is_management_key: Type.Boolean({ description: 'Whether it is a management key, which cannot generate.' }),
    is_provisioning_key: Type.Boolean({ deprecated: true, description: 'An older name of `is_management_key`.' }),
    creator_user_id: orNull(Type.String()),
    organization_id: orNull(Type.String()),
    workspace_id: orNull(Type.String()),
    allowed_data_regions: Type.Array(Type.Enum(['global', 'europe', 'us']), {
      description: 'Where its requests may be served; `global` is anywhere.',
    }),
    budgets: Type.Array(BudgetSchema, {
      description: 'The limits that its requests are checked against, in this order.',
    }),
    effective_budget: orNull(BudgetSchema),
    free_model_daily_requests: FreeRequestsSchema,
    expires_at: Type.Optional(Type.String({ description: 'ISO time; absent when it does not expire.' })),
    rate_limit: Type.Object(
      { requests: Type.Integer(), interval: Type.String(), note: Type.String() },
      { deprecated: true, description: 'No effect.' },
    ),
  },
  { title: 'Key', description: 'A key, with its limit and what it has spent.' },
)

const KeyReplySchema = Type.Object({ data: KeySchema }, { title: 'KeyReply' })

interface Dependencies {
  readonly generations: Pick<Journal, 'spent' | 'byokSpent'>
  readonly freeModels: Pick<FreeModelLimits, 'today'>
  readonly clock: Clock
}

/** What the two addresses of the calling key have in common (contract §8.A). */
export const callingKey = {
  success: { description: 'The key.', json: KeyReplySchema },
  errors: ['authentication', 'server'] as const,
  handle:
    ({ generations, freeModels, clock }: Dependencies) =>
    async (exchange: Exchange) => {
      const { principal } = exchange
      const now = clock.now()
      const { keyHash, account } = principal
      const spent = await sums(now, (since) => generations.spent(keyHash, since))
      const byokSpent = await sums(now, (since) => generations.byokSpent(keyHash, since))
      exchange.json({ data: encode(principal, spent, byokSpent, freeModels.today(account), now) })
    },
}

/** The amounts in nano-USD, in total and since the beginning of each period. */
interface Spent {
  readonly total: number
  readonly daily: number
  readonly weekly: number
  readonly monthly: number
}

/** Adds up what was spent in total and since the beginning of each period. */
async function sums(now: number, spentSince: (since: number) => Promise<number>): Promise<Spent> {
  const begins = [0, startOfDay(now), startOfWeek(now), startOfMonth(now)]
  const [total = 0, daily = 0, weekly = 0, monthly = 0] = await Promise.all(begins.map(spentSince))
  return { total, daily, weekly, monthly }
}

function encode(
  principal: Principal,
  spent: Spent,
  byokSpent: Spent,
  freeUse: FreeModelUse | null,
  now: number,
): Static<typeof KeySchema> {
  const { limit, limitReset, includeByokInLimit } = principal
  const { total, daily, weekly, monthly } = spent
  const period = limitReset ?? 'total'
  const spentOfLimit = spent[period] + (includeByokInLimit ? byokSpent[period] : 0)
  const budgets = limit === null ? [] : [keyBudget(principal, limit, spentOfLimit, now)]
  return {
    label: principal.label,
    limit: limit === null ? null : usd(limit),
    limit_remaining: limit === null ? null : usd(limit - spentOfLimit),
    limit_reset: limitReset,
    include_byok_in_limit: includeByokInLimit,
    usage: usd(total),
    usage_daily: usd(daily),
    usage_weekly: usd(weekly),
    usage_monthly: usd(monthly),
    byok_usage: usd(byokSpent.total),
    byok_usage_daily: usd(byokSpent.daily),
    byok_usage_weekly: usd(byokSpent.weekly),
    byok_usage_monthly: usd(byokSpent.monthly),
    is_free_tier: false,
    is_management_key: principal.management,
    is_provisioning_key: principal.management,
    creator_user_id: null,
    ...(principal.expiresAt !== null && { expires_at: new Date(principal.expiresAt).toISOString() }),
    free_model_daily_requests: freeRequests(freeUse),
    // An empty list would mean that no region is permitted.
    allowed_data_regions: ['global'],
    budgets,
    // There is at most one budget, so it is the one that blocks first.
    effective_budget: budgets[0] ?? null,
    organization_id: null,
    workspace_id: null,
    rate_limit: { requests: -1, interval: '10s', note: 'Deprecated: there is no such limit.' },
  }
}

const freeRequests = (use: FreeModelUse | null): Static<typeof FreeRequestsSchema> =>
  use === null
    ? { limit: -1, remaining: -1, used: 0 }
    : { limit: use.limit, remaining: Math.max(0, use.limit - use.used), used: use.used }

/** Returns the limit of the key itself, for the current period (contract §8.A7). */
const keyBudget = (
  { limitReset: reset, includeByokInLimit }: Principal,
  limit: number,
  spent: number,
  now: number,
): Static<typeof BudgetSchema> => ({
  scope: 'key_limit',
  guardrail_id: null,
  budget_id: null,
  limit_usd: usd(limit),
  spend_usd: usd(spent),
  remaining_usd: usd(limit - spent),
  reset_interval: reset,
  resets_at: reset === null ? null : new Date(periodAt(reset, now).end).toISOString(),
  include_byok: includeByokInLimit,
})
