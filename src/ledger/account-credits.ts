import type { CreditStore } from '../storage/stores/credit-store.ts'
import { keptUpToDate } from '../util/kept-up-to-date.ts'

/** The credits of each account, kept in memory and read again whenever the store has changed. */
export interface AccountCredits {
  /**
   * Returns up to what amount an account may spend, in nano-USD, over all its time: its credits, and what it had spent before the first of
   * them. Null for an account to which none were ever added: it has no balance to exhaust.
   */
  limit(account: string): number | null
  /** Ends the subscription to the store. */
  close(): void
}

/** Reads the credits, and keeps them up to date. */
export async function openAccountCredits(credits: CreditStore): Promise<AccountCredits> {
  const kept = await keptUpToDate(
    async () => {
      const limits = new Map<string, number>()
      for (const { account, amount, spentBefore } of await credits.list()) {
        limits.set(account, (limits.get(account) ?? spentBefore) + amount)
      }
      return limits
    },
    (listener) => credits.onChange(listener),
  )
  return { limit: (account) => kept.value().get(account) ?? null, close: kept.close }
}
