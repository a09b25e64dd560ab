import { GatewayError } from '../canonical/errors.ts'
import type { GenerationContext } from '../canonical/generation-context.ts'
import type { Hold } from '../canonical/hold.ts'
import { usd } from '../canonical/money.ts'
import type { Endpoint } from '../catalog/endpoint.ts'
import type { SpendingLimits } from './spending-limits.ts'

export type Reservation =
  | { readonly type: 'held'; readonly hold: Hold<Endpoint> }
  /** 403 where the key's limit is spent, 402 where the budget of the request is. */
  | { readonly type: 'refused'; readonly error: GatewayError }

/** Asks whether a turn may begin: the first of a request, a later one, or one of a nested call. Calls no endpoint. */
export type Reserve = (context: GenerationContext) => Promise<Reservation>

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

/** Requests that run at the same time do not see each other's cost yet, so there is nothing to give back. */
const nothing = (): void => {}

const budgetSpent = ({ budget }: GenerationContext): GatewayError =>
  new GatewayError('payment_required', `This request may cost ${usd(budget ?? 0)} USD, which is spent.`)
