import type { Spending } from '../storage/stores/lease-store.ts'

/** Something of each of the two ways in which budgets count a call with a key that the account brought for the provider. */
export interface Counted<Value> {
  /** What the account is charged: at most a fee. */
  readonly charged: Value
  /** The same, and what its provider charges it, at the list price. */
  readonly withByok: Value
}

/** Computes the same of both. */
export const mapped = <From, To>({ charged, withByok }: Counted<From>, of: (value: From) => To): Counted<To> => ({
  charged: of(charged),
  withByok: of(withByok),
})

/** What one running generation has spent of a budget. */
export interface Share {
  /** The part of what it spent that the budget counts already. */
  counted: number
  /** Whether the generation is settled. What it might still report is in the amount that was settled. */
  settled: boolean
}

/**
 * What was spent of a limit, and what running calls hold of it, in nano-USD. The limit itself is not kept here, since it may change while
 * the budget is in use. Everything is synchronous, so that no two calls are given the same amount.
 */
export class Budget {
  /** Whether calls with keys that the account brought for providers count at the list price. */
  readonly includesByok: boolean
  /** What was spent: on record when the budget was opened, settled since, and billed in generations that still run. */
  spent = 0
  /** What running calls hold. */
  held = 0
  /** What was counted here since the budget was opened. */
  counted = 0
  /** What is counted in generations that still run, and so is not in the journal. */
  running = 0
  readonly #shares = new Map<string, Share>()

  constructor(includesByok = false) {
    this.includesByok = includesByok
  }

  /** Returns what counts here. */
  of<Value>({ charged, withByok }: Counted<Value>): Value {
    return this.includesByok ? withByok : charged
  }

  /** Whether a generation runs that is checked against it. */
  get isInUse(): boolean {
    return this.#shares.size > 0
  }

  /** Returns the share of a running generation. */
  share(generationId: string): Share {
    const known = this.#shares.get(generationId)
    if (known !== undefined) return known
    const share: Share = { counted: 0, settled: false }
    this.#shares.set(generationId, share)
    return share
  }

  /** Counts what a generation has spent so far in all. */
  count(share: Share, spentSoFar: number): void {
    if (share.settled) return
    const added = spentSoFar - share.counted
    share.counted = spentSoFar
    this.spent += added
    this.counted += added
    this.running += added
  }

  /** Counts the cost with which a generation is on record, once. The journal has it by then. */
  settle(generationId: string, cost: number): void {
    const share = this.share(generationId)
    this.count(share, cost)
    if (!share.settled) this.running -= cost
    share.settled = true
    this.#shares.delete(generationId)
  }
}

/** The budget of a key or an account in one period, which outlives requests and processes. */
export class KeptBudget extends Budget {
  /** Names the payer, what counts, and the period. */
  readonly id: string
  readonly spending: Spending

  constructor(id: string, spending: Spending) {
    super(spending.includesByok)
    this.id = id
    this.spending = spending
  }
}
