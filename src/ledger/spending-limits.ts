import { GatewayError } from '../canonical/errors.ts'
import { usd } from '../canonical/money.ts'
import type { Happenings } from '../canonical/happening.ts'
import type { Principal } from '../canonical/principal.ts'
import type { Journal } from './journal/journal.ts'

type Limited = Pick<Principal, 'keyHash' | 'limit'>

/** What one key has spent, in nano-USD. */
interface KeySpending {
  /** The sum that the store had on record when the key was first used here. */
  readonly before: Promise<number>
  /** The same sum, once it has been read. */
  spentBefore: number
  /** The sum of what has been settled since then. */
  since: number
}

/**
 * The spending of keys with a limit, kept in memory: read from the store once for each key, then kept up to date by what is settled.
 * Requests that run at the same time do not see each other's cost, so together they can exceed a limit.
 */
export class SpendingLimits {
  readonly #generations: Pick<Journal, 'spent'>
  readonly #spendingByKey = new Map<string, KeySpending>()

  constructor(generations: Pick<Journal, 'spent'>, happenings: Happenings) {
    this.#generations = generations
    happenings.subscribe((happening) => {
      if (happening.type !== 'settled') return
      const { keyHash, cost } = happening.record
      const spending = this.#spendingByKey.get(keyHash)
      if (spending !== undefined) spending.since += cost
    })
  }

  /**
   * Returns the error for a key that has spent its limit; null where it may spend more. The status is 403, because the account may still
   * have credit (contract §5.2, §6.18).
   * @param underway What the running generation has been billed so far, in nano-USD: it is recorded only when it ends.
   */
  async refusal({ keyHash, limit }: Limited, underway: number): Promise<GatewayError | null> {
    if (limit === null) return null
    const spending = this.#spendingByKey.get(keyHash) ?? this.#open(keyHash)
    spending.spentBefore = await spending.before
    const spent = spending.spentBefore + spending.since + underway
    if (spent < limit) return null
    return new GatewayError(
      'permission_denied',
      `Key limit exceeded (total limit): this key may spend ${usd(limit)} USD and has spent ${usd(spent)} USD. Raise its limit or use another key.`,
      { limitSource: 'key_limit' },
    )
  }

  /** Tells whether the key may spend more, by what is in memory. Does not read the store. */
  hasLeft({ keyHash, limit }: Limited, underway: number): boolean {
    const spending = this.#spendingByKey.get(keyHash)
    return limit === null || spending === undefined || spending.spentBefore + spending.since + underway < limit
  }

  #open(keyHash: string): KeySpending {
    const spending = { before: this.#generations.spent(keyHash, 0), spentBefore: 0, since: 0 }
    this.#spendingByKey.set(keyHash, spending)
    // The next request tries again: the store may work then.
    spending.before.catch(() => this.#spendingByKey.delete(keyHash))
    return spending
  }
}
