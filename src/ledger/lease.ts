import type { KeptBudget } from './budget.ts'
import type { Journal } from './journal/journal.ts'

/**
 * The authority over what this node may spend. On one node that is the limit itself, which the node keeps in memory. Several nodes on one
 * database each lease a part of a limit, so that together they exceed it by no more than what they have leased (docs/limits.md).
 */
export interface Lease {
  /** Whether nothing can be leased, because the database cannot be reached. */
  readonly isCutOff: boolean
  /** Counts what is on record of a budget. Rejects where the database cannot be read. */
  open(budget: KeptBudget): Promise<void>
  /** Returns what this node may take of a budget beside what its calls hold, in nano-USD. */
  left(budget: KeptBudget): number
  /**
   * Leases ahead what the calls of a turn may hold. Null where there is nothing to wait for.
   * @param needed Returns the most that one call may hold, in nano-USD.
   */
  prepare(budget: KeptBudget, limit: number, needed: () => number): Promise<void> | null
  /** Leases more in the background, where little is left. */
  replenish(budget: KeptBudget, limit: number): void
  /** Gives everything back. Close the journal before, since what is not on record is part of what is leased. */
  close(): Promise<void>
}

/** Creates the authority of a node that is alone: what is left follows from the limit and from what the node itself counts. */
export const createSoleLease = (journal: Pick<Journal, 'spentIn'>): Lease => ({
  isCutOff: false,
  async open(budget) {
    const recorded = await journal.spentIn(budget.spending)
    // What was counted meanwhile stays.
    budget.spent += recorded
  },
  left: () => Infinity,
  prepare: () => null,
  replenish: () => {},
  close: () => Promise.resolve(),
})
