import type { GenerationContext } from '../canonical/generation-context.ts'
import type { Happenings } from '../canonical/happening.ts'
import type { LimitReset, Principal } from '../canonical/principal.ts'
import { type Period, periodAt } from '../util/utc-periods.ts'
import type { AccountCredits } from './account-credits.ts'
import { type Allowance, cannotRead } from './allowance.ts'
import { Budget, KeptBudget } from './budget.ts'
import type { Lease } from './lease.ts'

/** A budget in memory, for one period. */
interface OpenBudget {
  readonly budget: KeptBudget
  readonly reset: LimitReset | null
  readonly period: Period
  /** Resolves once what the store has on record is counted; null after that. */
  ready: Promise<void> | null
}

const always: Period = { start: 0, end: Infinity }

/**
 * The budgets of the keys with a limit and of the accounts with credits. This process is the authority over them: what was spent is read
 * from the store when a budget is first needed, and from then on memory is the truth, so a check costs a few look-ups. There is one entry
 * for each such key and account that was used since the start.
 */
export class SpendingLimits {
  readonly #lease: Pick<Lease, 'open'>
  readonly #credits: Pick<AccountCredits, 'limit'>
  readonly #onError: (error: Error) => void
  /** The newest first. */
  readonly #keys = new Map<string, readonly OpenBudget[]>()
  readonly #accounts = new Map<string, OpenBudget>()
  /** The budgets that single requests have, for as long as they are in use. */
  readonly #requests = new WeakMap<GenerationContext, Budget>()

  constructor(dependencies: {
    readonly lease: Pick<Lease, 'open'>
    readonly credits: Pick<AccountCredits, 'limit'>
    readonly happenings: Happenings
    /** Called where what was spent cannot be read. */
    readonly onError: (error: Error) => void
  }) {
    this.#lease = dependencies.lease
    this.#credits = dependencies.credits
    this.#onError = dependencies.onError
    dependencies.happenings.subscribe((happening) => {
      if (happening.type !== 'settled') return
      const { id, keyHash, account, createdAt, cost, upstreamCost } = happening.record
      const amount = { charged: cost, withByok: cost + upstreamCost }
      for (const { budget, period } of this.#keys.get(keyHash) ?? []) {
        if (isIn(period, createdAt)) budget.settle(id, budget.of(amount))
      }
      this.#accounts.get(account)?.budget.settle(id, cost)
    })
  }

  /**
   * Returns the budgets that a request is checked against, in the order of the checks. Empty for a request without any limit. Rejects
   * with a GatewayError where the database cannot be read.
   */
  async allowances(root: GenerationContext): Promise<readonly Allowance[]> {
    const { principal, budget, createdAt } = root
    const allowances: Allowance[] = []
    if (budget !== null) allowances.push({ source: 'request_budget', budget: this.#request(root), limit: () => budget })
    const { account } = principal
    if (this.#credits.limit(account) !== null) {
      const open = this.#account(account)
      if (open.ready !== null) await open.ready
      allowances.push({
        source: 'credits',
        account,
        budget: open.budget,
        limit: () => this.#credits.limit(account) ?? 0,
      })
    }
    const { limit, limitReset: reset } = principal
    if (limit !== null) {
      const open = this.#key(principal, createdAt)
      if (open.ready !== null) await open.ready
      allowances.push({ source: 'key_limit', budget: open.budget, limit: () => limit, reset })
    }
    return allowances
  }

  #request(root: GenerationContext): Budget {
    const known = this.#requests.get(root) ?? new Budget()
    this.#requests.set(root, known)
    return known
  }

  /** Finds the budget of a key for the period in which a request arrived. */
  #key({ keyHash, limitReset: reset, includeByokInLimit: includesByok }: Principal, arrivedAt: number): OpenBudget {
    const known = this.#keys.get(keyHash) ?? []
    const found = known.find(
      (open) => open.reset === reset && open.budget.includesByok === includesByok && isIn(open.period, arrivedAt),
    )
    if (found !== undefined) return found
    const period = reset === null ? always : periodAt(reset, arrivedAt)
    const counted = includesByok ? ':byok' : ''
    const spending = { payer: { column: 'keyHash', value: keyHash }, period, includesByok } as const
    const budget = new KeptBudget(`key:${keyHash}:${reset ?? 'total'}${counted}:${period.start}`, spending)
    const opened = this.#open(budget, reset, period, () => {
      this.#keys.set(keyHash, this.#keys.get(keyHash)?.filter((other) => other !== opened) ?? [])
    })
    // The period before stays for requests that arrived in it and are checked only now, older ones for those that still run.
    const kept = known.filter(({ budget }, index) => index === 0 || budget.isInUse)
    this.#keys.set(keyHash, [opened, ...kept])
    return opened
  }

  #account(account: string): OpenBudget {
    const known = this.#accounts.get(account)
    if (known !== undefined) return known
    const spending = { payer: { column: 'account', value: account }, period: always, includesByok: false } as const
    const budget = new KeptBudget(`account:${account}`, spending)
    const opened = this.#open(budget, null, always, () => this.#accounts.delete(account))
    this.#accounts.set(account, opened)
    return opened
  }

  /**
   * Opens a budget: what is settled from now on is added to what was on record before.
   * @param forget Called where the database could not be read, so that the next request tries again.
   */
  #open(budget: KeptBudget, reset: LimitReset | null, period: Period, forget: () => void): OpenBudget {
    const ready = this.#lease.open(budget).then(
      () => {
        opened.ready = null
      },
      (error: unknown) => {
        forget()
        this.#onError(error instanceof Error ? error : new Error(String(error)))
        throw cannotRead()
      },
    )
    const opened: OpenBudget = { budget, reset, period, ready }
    return opened
  }
}

const isIn = ({ start, end }: Period, at: number): boolean => at >= start && at < end
