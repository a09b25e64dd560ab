/**
 * The authority over what this node may spend. On one node that is the limit itself, which the node keeps in memory. Several nodes on one
 * database each lease a part of a limit, so that together they exceed it by no more than what they have leased (docs/limits.md).
 */
export interface Lease {
  /**
   * Takes up to `amount` nano-USD of a budget for a call that is about to begin, and returns what is granted. Synchronous, since no call
   * waits for it: an implementation that asks a database leases ahead, in `prepare`.
   */
  take(budget: LeasedBudget, amount: number): number
  /** Gives back what a call did not spend. A negative amount is what it spent beyond what it took. */
  give(budget: LeasedBudget, amount: number): void
  /** Leases ahead, before a turn, what its first call may take. Null where there is nothing to wait for. */
  prepare(budget: LeasedBudget): Promise<void> | null
}

/** A budget as the authority knows it. */
export interface LeasedBudget {
  /** Names the key or the account, and the period. */
  readonly id: string
  /** Nano-USD. */
  readonly limit: number
}

/** The lease of a node that is alone: everything is granted, because the node itself knows what is left. */
export const soleLease: Lease = { take: (_, amount) => amount, give: () => {}, prepare: () => null }
