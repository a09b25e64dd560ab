import { GatewayError } from '../canonical/errors.ts'
import { usd } from '../canonical/money.ts'
import type { GenerationStore } from '../storage/stores/generation-store.ts'
import type { Channel } from '../util/channel.ts'
import type { Settled } from './settle.ts'

interface Account {
  /** What the store had on record when the key was first seen. */
  readonly before: Promise<number>
  /** What was settled since. */
  since: number
}

/**
 * What keys with a limit have spent, kept in memory: read from the store once a key, then followed. Requests that run at the same
 * time do not see each other's cost, so a limit can be passed by what they cost together.
 */
export class SpendingLimits {
  readonly #generations: GenerationStore
  readonly #accounts = new Map<string, Account>()

  constructor(generations: GenerationStore, settled: Channel<Settled>) {
    this.#generations = generations
    settled.subscribe(({ record }) => {
      const account = this.#accounts.get(record.keyHash)
      if (account !== undefined) account.since += record.cost
    })
  }

  /** @throws GatewayError 403 when the key has spent what it may: a limit of the key's own is no want of credit (contract §5.2, §6.18). */
  async check({ keyHash, limit }: { readonly keyHash: string; readonly limit: number | null }): Promise<void> {
    if (limit === null) return
    const account = this.#accounts.get(keyHash) ?? this.#open(keyHash)
    const spent = (await account.before) + account.since
    if (spent < limit) return
    throw new GatewayError(
      'permission_denied',
      `Key limit exceeded (total limit): this key may spend ${usd(limit)} USD and has spent ${usd(spent)} USD. Raise its limit or use another key.`,
      { limitSource: 'key_limit' },
    )
  }

  #open(keyHash: string): Account {
    const account = { before: this.#generations.spent(keyHash, 0), since: 0 }
    this.#accounts.set(keyHash, account)
    // A store that fails now may answer the next time.
    account.before.catch(() => this.#accounts.delete(keyHash))
    return account
  }
}
