import { GatewayError } from '../canonical/errors.ts'
import type { GenerationContext } from '../canonical/generation-context.ts'
import type { Hold } from '../canonical/hold.ts'
import { usd } from '../canonical/money.ts'
import type { Endpoint } from '../catalog/endpoint.ts'
import type { SpendingLimits } from './spending-limits.ts'

/** The result of a reservation. */
export type Reservation =
  | { readonly type: 'held'; readonly hold: Hold<Endpoint> }
  /** 403 where the limit of the key is spent, 402 where the budget of the request is spent. */
  | { readonly type: 'refused'; readonly error: GatewayError }

/** The check whether a turn may begin: the first of a request, a later one, or one of a nested call. It calls no endpoint. */
export type Reserve = (context: GenerationContext) => Promise<Reservation>

/** Creates the check of limits and budgets. */
export const createReserve =
  (limits: SpendingLimits): Reserve =>
  async ({ principal, root }) => {
    const isWithinBudget = (): boolean => root.budget === null || root.spent() < root.budget
    if (!isWithinBudget()) return { type: 'refused', error: budgetSpent(root) }
    if (principal.limit === null) return { type: 'held', hold: { cover: isWithinBudget, release: nothing } }
    const error = await limits.refusal(principal, root.spent())
    if (error !== null) return { type: 'refused', error }
    const cover = (): boolean => isWithinBudget() && limits.hasLeft(principal, root.spent())
    return { type: 'held', hold: { cover, release: nothing } }
  }

/** Nothing is reserved yet, since requests that run at the same time do not see each other's cost. So there is nothing to release. */
const nothing = (): void => {}

const budgetSpent = ({ budget }: GenerationContext): GatewayError =>
  new GatewayError('payment_required', `This request may cost ${usd(budget ?? 0)} USD, which is spent.`)
