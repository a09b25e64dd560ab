import { GatewayError } from '../canonical/errors.ts'
import type { GenerationContext } from '../canonical/generation-context.ts'
import { type Hold, unlimitedHold } from '../canonical/hold.ts'
import type { Endpoint } from '../catalog/endpoint.ts'
import { isFree } from '../catalog/is-free.ts'
import type { FreeModelLimits } from './free-model-limits.ts'
import type { SpendingLimits } from './spending-limits.ts'
import { type HoldDependencies, TurnHold } from './turn-hold.ts'
import type { Demand } from './worst-case.ts'

/** The result of a reservation. */
export type Reservation =
  | { readonly type: 'held'; readonly hold: Hold<Endpoint> }
  /** 403 where the limit of the key is spent, 402 where credits or the budget of the request are, 429 for too many free requests; 408 where nobody waits. */
  | { readonly type: 'refused'; readonly error: GatewayError }

/**
 * The check whether a turn may begin: the first of a request, a later one, or one of a nested call. It calls no endpoint, and takes nothing
 * yet: each call takes its own hold.
 * @param endpoints Those that may be called.
 */
export type Reserve = (
  context: GenerationContext,
  endpoints: readonly Endpoint[],
  demand: Demand,
) => Promise<Reservation>

export interface ReserveDependencies extends HoldDependencies {
  readonly limits: SpendingLimits
  readonly freeModels: FreeModelLimits
}

/** Creates the check of limits and budgets. */
export const createReserve =
  (dependencies: ReserveDependencies): Reserve =>
  async ({ root, signal }, endpoints, demand) => {
    const allowances = await dependencies.limits.allowances(root)
    // A nested call may come here when its tool was given up and the whole request is settled: it would be counted twice, and for ever.
    if (signal.aborted) return { type: 'refused', error: new GatewayError('timeout', 'The request was cancelled.') }
    const hold = allowances.length > 0 ? new TurnHold(dependencies, allowances, demand, root) : null
    const spent = hold?.spent() ?? null
    if (spent !== null) return { type: 'refused', error: spent }
    // Only the first turn counts: what a tool asks of a free model is part of one request.
    if (dependencies.freeModels.isOn && root.turns.length === 0 && endpoints.every(isFree)) {
      const error = dependencies.freeModels.take(root)
      if (error !== null) return { type: 'refused', error }
    }
    const leasing = hold?.prepare(endpoints) ?? null
    if (leasing !== null) await leasing
    return { type: 'held', hold: hold ?? unlimitedHold }
  }
