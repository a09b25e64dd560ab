import { GatewayError } from '../canonical/errors.ts'
import { usd } from '../canonical/money.ts'
import type { Happenings } from '../canonical/happening.ts'
import type { Principal } from '../canonical/principal.ts'
import type { GenerationStore } from '../storage/stores/generation-store.ts'

type Limited = Pick<Principal, 'keyHash' | 'limit'>

interface KeySpending {
  /** What the store had on record when the key was first seen. */
  readonly before: Promise<number>
  /** The same, once it is read. */
  spentBefore: number
  /** What was settled since. */
  since: number
}

/**
 * What keys with a limit have spent, kept in memory: read from the store once a key, then followed. Requests that run at the same
 * time do not see each other's cost, so a limit can be passed by what they cost together.
 */
export class SpendingLimits {
  readonly #generations: GenerationStore
  readonly #spendingByKey = new Map<string, KeySpending>()

  constructor(generations: GenerationStore, happenings: Happenings) {
    this.#generations = generations
    happenings.subscribe((happening) => {
      if (happening.type !== 'settled') return
      const { keyHash, cost } = happening.record
      const spending = this.#spendingByKey.get(keyHash)
      if (spending !== undefined) spending.since += cost
    })
  }

  /**
   * Why the key may not spend any more (403, contract §5.2, §6.18): a limit of the key's own is no want of credit; null while it may.
   * @param underway What the generation that asks was billed so far, in nano-USD: it is on record only once it ends.
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

  /** Whether something is left by what is known now, without a look into the store. */
  hasLeft({ keyHash, limit }: Limited, underway: number): boolean {
    const spending = this.#spendingByKey.get(keyHash)
    return limit === null || spending === undefined || spending.spentBefore + spending.since + underway < limit
  }

  #open(keyHash: string): KeySpending {
    const spending = { before: this.#generations.spent(keyHash, 0), spentBefore: 0, since: 0 }
    this.#spendingByKey.set(keyHash, spending)
    // A store that fails now may answer the next time.
    spending.before.catch(() => this.#spendingByKey.delete(keyHash))
    return spending
  }
}
