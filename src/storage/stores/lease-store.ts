import type { Period } from '../../util/utc-periods.ts'

/** Whose spending a budget limits. */
export interface Payer {
  readonly column: 'keyHash' | 'account'
  /** The hash of the key, or the name of the account. */
  readonly value: string
}

/** What a payer has spent in a period. */
export interface Spending {
  readonly payer: Payer
  /** It begins and ends with UTC days, or holds all time: from 0 to Infinity. */
  readonly period: Period
  /** Whether what calls with keys of the account's own cost at the list price is a part of it. */
  readonly includesByok: boolean
}

/** What a node asks for. All amounts are in nano-USD. */
export interface LeaseRequest {
  readonly node: string
  /** Names the payer and the period. */
  readonly budget: string
  readonly spending: Spending
  readonly limit: number
  /** What the node has spent that is not on record, and what its calls may still spend. It is leased whatever is left. */
  readonly committed: number
  /** What calls wait for. It is leased as far as it is left. */
  readonly needed: number
  /** What the node would like to have at hand. It is leased as long as no more than half of what is left is taken. */
  readonly spare: number
  /** The ids of generations that are counted in `committed`, and may be on record by now. */
  readonly uncertain: readonly string[]
}

/** What a node may spend. */
export interface Leased {
  /** What is leased to the node now in all, in nano-USD. What is on record is not part of it. */
  readonly amount: number
  /** What was spent and is on record, without what is uncertain. */
  readonly recorded: number
}

/**
 * The store of leases: the parts of limits that the nodes on one database may spend without asking each other. What is on record and what is
 * leased to nodes that live is together never more than a limit, except for what is committed already.
 */
export interface LeaseStore {
  /** Replaces what a node has leased of a budget. One node at a time changes the leases of a budget. */
  lease(request: LeaseRequest): Promise<Leased>
  /**
   * Tells the others that a node lives, and removes the leases of nodes that have been silent for half a minute. Resolves with whether the
   * node itself was known; where it was not, its leases may have been removed.
   */
  beat(node: string): Promise<boolean>
  /** Removes a node and its leases. */
  leave(node: string): Promise<void>
}
