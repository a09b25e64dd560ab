import type { AccountCredits } from '../ledger/account-credits.ts'
import type { Journal } from '../ledger/journal/journal.ts'

/** What the credits of an account are counted from. */
export interface CreditsSources {
  readonly credits: Pick<AccountCredits, 'added'>
  readonly generations: Pick<Journal, 'spentByAccount'>
}

/**
 * Returns the credits of an account, in nano-USD: those that were added, less what was taken back, and what was spent since they were first
 * added; in all where none ever were.
 */
export async function creditsOf(
  { credits, generations }: CreditsSources,
  account: string,
): Promise<{ readonly total: number; readonly spent: number }> {
  const { total, spentBefore } = credits.added(account)
  return { total, spent: (await generations.spentByAccount(account, 0)) - spentBefore }
}
