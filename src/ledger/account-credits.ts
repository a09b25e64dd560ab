import type { CreditRecord, CreditStore } from '../storage/stores/credit-store.ts'
import { creditId } from '../util/ids.ts'
import type { Clock } from '../util/clock.ts'
import { keptUpToDate } from '../util/kept-up-to-date.ts'

/** The credits of each account, kept in memory and read again whenever the store has changed. */
export interface AccountCredits {
  /**
   * Returns up to what amount an account may spend, in nano-USD, over all its time: its credits, and what it had spent before the first of
   * them. Null for an account to which none were ever added: it has no balance to exhaust.
   */
  limit(account: string): number | null
  /** Returns what was added in all, and what the account had spent before the first addition, in nano-USD. */
  added(account: string): Added
  /** Adds an amount in nano-USD, or takes it back where it is negative. It counts here once this resolves. */
  add(account: string, amount: number, note: string | null): Promise<CreditRecord>
  /** Ends the subscription to the store. */
  close(): void
}

/** What an account had spent before the first addition, and what was added since. */
interface Added {
  readonly total: number
  readonly spentBefore: number
}

const nothing: Added = { total: 0, spentBefore: 0 }

/** Reads the credits, and keeps them up to date. */
export async function openAccountCredits(dependencies: {
  readonly credits: CreditStore
  readonly spent: (account: string) => Promise<number>
  readonly clock: Clock
}): Promise<AccountCredits> {
  const { credits, spent, clock } = dependencies
  const kept = await keptUpToDate(
    async () => {
      const accounts = new Map<string, Added>()
      for (const { account, amount, spentBefore } of await credits.list()) {
        const before = accounts.get(account)
        accounts.set(account, { total: (before?.total ?? 0) + amount, spentBefore: before?.spentBefore ?? spentBefore })
      }
      return accounts
    },
    (listener) => credits.onChange(listener),
  )
  return {
    limit: (account) => {
      const added = kept.value().get(account)
      return added === undefined ? null : added.spentBefore + added.total
    },
    added: (account) => kept.value().get(account) ?? nothing,
    add: async (account, amount, note) => {
      const spentBefore = await spent(account)
      const credit: CreditRecord = { id: creditId(), account, amount, spentBefore, createdAt: clock.now(), note }
      await credits.add(credit)
      await kept.refreshed()
      return credit
    },
    close: kept.close,
  }
}
