import type { GenerationContext } from '../canonical/generation-context.ts'
import type { HoldFee } from '../canonical/hold.ts'
import { countSpent, leftFor, refusalFor } from './allowance.ts'
import type { Lease } from './lease.ts'
import type { SpendingLimits } from './spending-limits.ts'

/** Creates the function that holds what paid work of plugins and server tools may cost, on every budget of the request. */
export const createHoldFee =
  ({ limits, lease }: { readonly limits: SpendingLimits; readonly lease: Lease }) =>
  ({ root }: GenerationContext): HoldFee =>
  async (amount) => {
    if (amount === 0) return () => {}
    const allowances = await limits.allowances(root)
    await Promise.all(
      allowances.map(async (allowance) => {
        if (allowance.source !== 'request_budget')
          await lease.prepare(allowance.budget, allowance.limit(), () => amount)
      }),
    )
    const count = (): void => {
      for (const { budget } of allowances) countSpent(budget, budget.share(root.id), root)
    }
    count()
    const short = allowances.find((allowance) => leftFor(allowance, lease) < amount)
    if (short !== undefined) throw refusalFor(short, lease, null)
    for (const { budget } of allowances) budget.held += amount
    let isReleased = false
    return () => {
      if (isReleased) return
      isReleased = true
      for (const { budget } of allowances) budget.held -= amount
      count()
    }
  }
