import type { Payer } from '../storage/stores/lease-store.ts'

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
  /** What was spent: on record when the budget was opened, settled since, and billed in generations that still run. */
  spent = 0
  /** What running calls hold. */
  held = 0
  /** What was counted here since the budget was opened. */
  counted = 0
  /** What is counted in generations that still run, and so is not in the journal. */
  running = 0
  readonly #shares = new Map<string, Share>()

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
  /** Names the payer and the period. */
  readonly id: string
  readonly payer: Payer
  /** When the period began, in Unix milliseconds; 0 for all time. */
  readonly since: number

  constructor(id: string, payer: Payer, since: number) {
    super()
    this.id = id
    this.payer = payer
    this.since = since
  }
}
