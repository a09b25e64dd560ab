import type { Cost } from '../canonical/usage.ts'
import { RecencyMap } from '../util/recency-map.ts'
import { startOfMonth } from '../util/utc-periods.ts'
import type { Journal } from './journal/journal.ts'

/** The fee for calls with keys that accounts brought for providers (contract §6.17). */
export interface ByokFeeSettings {
  /** In per cent of the list price. */
  readonly feePercent: number
  /** The sum of list prices in nano-USD up to which an account pays no fee in a calendar month. */
  readonly monthlyAllowance: number
}

/** What one account has used with its own keys in one month, at the list price, in nano-USD. */
interface MonthlyUse {
  used: number
  readonly ready: Promise<void>
}

/** The most accounts that are remembered, each for a month. Beyond it, the one that was noted first is removed. */
const mostAccounts = 10_000

const keyOf = (account: string, now: number): string => `${startOfMonth(now)} ${account}`

/**
 * The fees of accounts for calls with their own keys. Where there is an allowance, the use of the running month is read from the ledger once
 * for each account, and then counted here as it is billed.
 */
export class ByokFees {
  readonly #settings: ByokFeeSettings
  readonly #journal: Pick<Journal, 'byokSpentByAccount'>
  readonly #uses: RecencyMap<string, MonthlyUse>

  constructor(
    settings: ByokFeeSettings,
    journal: Pick<Journal, 'byokSpentByAccount'>,
    uses = new RecencyMap<string, MonthlyUse>(mostAccounts),
  ) {
    this.#settings = settings
    this.#journal = journal
    this.#uses = uses
  }

  /**
   * Returns the fees under other settings. What accounts have used is counted for both together: calls that began under the settings before
   * may still run.
   */
  under(settings: ByokFeeSettings): ByokFees {
    return new ByokFees(settings, this.#journal, this.#uses)
  }

  /**
   * Resolves when the fee of this account can be computed. Await it before a call with a key of the account's own. Where the ledger cannot be
   * read, the account has its whole allowance until it can: a request does not fail for it.
   * @param now Unix milliseconds.
   */
  async ready(account: string, now: number): Promise<void> {
    const { feePercent, monthlyAllowance } = this.#settings
    if (feePercent === 0 || monthlyAllowance === 0) return
    const use = this.#uses.get(keyOf(account, now)) ?? this.#open(account, now)
    await use.ready
  }

  /** Computes the most that a call at this list price can cost in fees, in nano-USD. */
  most(listPrice: number): number {
    return feeOf(listPrice, this.#settings.feePercent)
  }

  /**
   * Turns the cost of a call at the list price into what the account is charged for it, and counts the call.
   * @param now Unix milliseconds.
   */
  charge(list: Cost, account: string, now: number): Cost {
    const fee = feeOf(this.#beyondAllowance(list.total, account, now), this.#settings.feePercent)
    const { total, prompt, completion, provenance } = list
    return {
      total: fee,
      prompt: 0,
      completion: 0,
      other: fee,
      tools: 0,
      isByok: true,
      upstream: { total, prompt, completion },
      provenance,
    }
  }

  #beyondAllowance(listPrice: number, account: string, now: number): number {
    const use = this.#uses.get(keyOf(account, now))
    const left = Math.max(0, this.#settings.monthlyAllowance - (use?.used ?? 0))
    if (use !== undefined) use.used += listPrice
    return Math.max(0, listPrice - left)
  }

  #open(account: string, now: number): MonthlyUse {
    const key = keyOf(account, now)
    const counted = (before: number): void => {
      use.used += before
    }
    // The next request reads again: the database may work then.
    const unread = (): void => void this.#uses.delete(key)
    const ready = this.#journal.byokSpentByAccount(account, startOfMonth(now)).then(counted, unread)
    const use: MonthlyUse = { used: 0, ready }
    this.#uses.set(key, use)
    return use
  }
}

const millionthsOfPercent = 1_000_000n

/** Computes a share in whole nano-USD, rounded half up. The percentage counts to the sixth decimal. */
function feeOf(listPrice: number, percent: number): number {
  if (percent === 0) return 0
  const whole = 100n * millionthsOfPercent
  return Number((BigInt(listPrice) * BigInt(Math.round(percent * 1e6)) + whole / 2n) / whole)
}
