import { usd } from '../../canonical/money.ts'
import type { GenerationStore } from '../../storage/stores/generation-store.ts'
import type { Clock } from '../../util/clock.ts'
import { startOfDay, startOfMonth, startOfWeek } from '../../util/utc-periods.ts'
import type { Route } from '../exchange.ts'

/** `GET /key`: the calling key, what it may spend and what it has spent (contract §8.A). */
export const key =
  (generations: GenerationStore, clock: Clock): Route =>
  async (exchange) => {
    const { principal } = exchange
    const now = clock.now()
    const [total = 0, daily = 0, weekly = 0, monthly = 0] = await Promise.all(
      [0, startOfDay(now), startOfWeek(now), startOfMonth(now)].map((since) =>
        generations.spent(principal.keyHash, since),
      ),
    )
    const { limit } = principal
    const budgets = limit === null ? [] : [keyBudget(limit, total)]
    exchange.json({
      data: {
        label: principal.label,
        limit: limit === null ? null : usd(limit),
        limit_remaining: limit === null ? null : usd(limit - total),
        limit_reset: null,
        include_byok_in_limit: false,
        usage: usd(total),
        usage_daily: usd(daily),
        usage_weekly: usd(weekly),
        usage_monthly: usd(monthly),
        byok_usage: 0,
        byok_usage_daily: 0,
        byok_usage_weekly: 0,
        byok_usage_monthly: 0,
        is_free_tier: false,
        is_management_key: principal.management,
        is_provisioning_key: principal.management,
        creator_user_id: null,
        ...(principal.expiresAt !== null && { expires_at: new Date(principal.expiresAt).toISOString() }),
        free_model_daily_requests: { limit: -1, remaining: -1, used: 0 },
        // An empty list would say that no region is permitted.
        allowed_data_regions: ['global'],
        budgets,
        // Of one budget at most, that is the one that blocks first.
        effective_budget: budgets[0] ?? null,
        organization_id: null,
        workspace_id: null,
        rate_limit: { requests: -1, interval: '10s', note: 'Deprecated: there is no such limit.' },
      },
    })
  }

/** The limit of the key itself, which is never counted anew (contract §8.A7). */
const keyBudget = (limit: number, spent: number): object => ({
  scope: 'key_limit',
  guardrail_id: null,
  budget_id: null,
  limit_usd: usd(limit),
  spend_usd: usd(spent),
  remaining_usd: usd(limit - spent),
  reset_interval: null,
  resets_at: null,
  include_byok: false,
})
