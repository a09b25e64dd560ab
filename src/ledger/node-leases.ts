import type { LeaseStore } from '../storage/stores/lease-store.ts'
import { atMost } from '../util/at-most.ts'
import type { Clock } from '../util/clock.ts'
import type { KeptBudget } from './budget.ts'
import type { Journal } from './journal/journal.ts'
import type { Lease } from './lease.ts'
import { messageOf } from '../util/message-of.ts'

/** The share of a limit that a node has at hand beside what its calls hold, so that it need not ask for each of them. */
const spareShare = 1 / 20
/** How often the node tells that it lives, and gives back what it does not need. */
const beatMs = 1_000
/** How long a budget is unused until its spare part is given back. */
const idleMs = 2_000
/** How long nothing is asked for after too little was leased, and after the database failed. */
const shortMs = 50
const failedMs = 1_000
/** How long a request waits for the database. After that it may use only what is leased already. */
const waitMs = 3_000
/** How long a node that ends waits for the database. */
const leaveMs = 1_000

/** What this node has leased of one budget. All amounts are in nano-USD, all times in monotonic milliseconds. */
interface NodeLease {
  limit: number
  /** What is leased in the database; Infinity while that is not known, because an answer has not come or was lost. */
  amount: number
  /** What `counted` of the budget and what its calls hold may together reach. */
  most: number
  /** The most that one call needed lately. */
  largest: number
  /** What calls wait for that was not asked for yet. */
  needed: number
  /** Whether the last call that waited was given too little. */
  isShort: boolean
  asking: Promise<void> | null
  /** Until when no call waits for more, because there is none, and until when nothing is leased ahead. */
  exhaustedUntil: number
  quietUntil: number
  usedAt: number
}

interface NodeLeaseDependencies {
  /** Names this node, and no other one that ever was. */
  readonly node: string
  readonly store: LeaseStore
  readonly journal: Pick<Journal, 'undrained' | 'exactly' | 'spentIn'>
  readonly clock: Pick<Clock, 'monotonic'>
  /** Called when the database fails, and not again until it has worked. */
  readonly onError: (error: Error) => void
}

/**
 * The leases of one of several nodes on one database. A call takes what it holds from what its node has leased, without asking; before little is
 * left, the node leases more. What is on record and what all nodes have leased is together within the limit. While the database cannot be
 * reached, the node spends only what it has leased already.
 */
export class NodeLeases implements Lease {
  readonly #dependencies: NodeLeaseDependencies
  readonly #leases = new WeakMap<KeptBudget, NodeLease>()
  /** The budgets of which something may be leased. */
  readonly #active = new Map<KeptBudget, NodeLease>()
  readonly #timer: NodeJS.Timeout
  #beating: Promise<void> = Promise.resolve()
  #isCutOff = false

  private constructor(dependencies: NodeLeaseDependencies) {
    this.#dependencies = dependencies
    this.#timer = setInterval(() => this.#beat(), beatMs).unref()
  }

  /** Joins the nodes on the database. Rejects where it cannot be written. */
  static async join(dependencies: NodeLeaseDependencies): Promise<NodeLeases> {
    const leases = new NodeLeases(dependencies)
    try {
      await dependencies.store.beat(dependencies.node)
      return leases
    } catch (error) {
      clearInterval(leases.#timer)
      throw error
    }
  }

  get isCutOff(): boolean {
    return this.#isCutOff
  }

  async open(budget: KeptBudget): Promise<void> {
    // Nothing is leased yet, so that no failure can leave a lease of a budget that is not used.
    budget.spent += await this.#dependencies.journal.spentIn(budget.spending)
    this.#leases.set(budget, {
      limit: 0,
      amount: 0,
      most: 0,
      largest: 0,
      needed: 0,
      isShort: false,
      asking: null,
      exhaustedUntil: 0,
      quietUntil: 0,
      usedAt: this.#now(),
    })
  }

  left(budget: KeptBudget): number {
    const lease = this.#leases.get(budget)
    return lease === undefined ? 0 : leftOf(budget, lease)
  }

  prepare(budget: KeptBudget, limit: number, needed: () => number): Promise<void> | null {
    const lease = this.#use(budget, limit)
    const amount = needed()
    if (lease === null || amount === 0) return null
    lease.largest = Math.max(lease.largest, amount)
    if (leftOf(budget, lease) < amount && this.#now() >= lease.exhaustedUntil) return this.#wait(budget, lease, amount)
    this.#leaseAhead(budget, lease)
    return null
  }

  replenish(budget: KeptBudget, limit: number): void {
    const lease = this.#use(budget, limit)
    if (lease !== null) this.#leaseAhead(budget, lease)
  }

  async close(): Promise<void> {
    clearInterval(this.#timer)
    const leave = async (): Promise<void> => {
      await Promise.all([this.#beating, ...[...this.#active.values()].map(({ asking }) => asking)])
      const { store, node } = this.#dependencies
      await store.leave(node)
    }
    // Where the database cannot be reached, the leases end because the node is silent.
    await atMost(leaveMs, leave()).catch((error: unknown) => this.#failed(error))
  }

  #now(): number {
    return this.#dependencies.clock.monotonic()
  }

  #use(budget: KeptBudget, limit: number): NodeLease | null {
    const lease = this.#leases.get(budget)
    if (lease === undefined) return null
    if (limit > lease.limit && !this.#isCutOff) Object.assign(lease, { exhaustedUntil: 0, quietUntil: 0 })
    // What is at hand was leased under the higher limit, and may be more than is left of this one.
    if (limit < lease.limit) keepAtHand(budget, lease, 0)
    lease.limit = limit
    lease.usedAt = this.#now()
    return lease
  }

  #leaseAhead(budget: KeptBudget, lease: NodeLease): void {
    if (lease.asking !== null || this.#now() < lease.quietUntil) return
    if (leftOf(budget, lease) < spareOf(lease) / 2) void this.#ask(budget, lease)
  }

  /** Waits for what a call needs. All that wait at the same time ask once, for their sum. */
  async #wait(budget: KeptBudget, lease: NodeLease, needed: number): Promise<void> {
    lease.needed += needed
    const asked = async (): Promise<true> => {
      // What is asked for already is for others.
      await lease.asking
      await this.#ask(budget, lease)
      return true
    }
    if (await atMost(waitMs, asked())) return
    this.#failed(new Error(`The database did not answer within ${waitMs} ms.`))
    lease.exhaustedUntil = this.#now() + failedMs
  }

  #ask(budget: KeptBudget, lease: NodeLease): Promise<void> {
    return (lease.asking ??= this.#leaseMore(budget, lease))
  }

  /** Leases what calls wait for, and a spare part for the next ones. */
  async #leaseMore(budget: KeptBudget, lease: NodeLease): Promise<void> {
    const { needed } = lease
    lease.needed = 0
    try {
      await this.#replace(budget, lease, needed, spareOf(lease))
      const left = leftOf(budget, lease)
      lease.isShort = left < needed
      if (lease.isShort) lease.exhaustedUntil = this.#now() + shortMs
      if (left < spareOf(lease) / 2) lease.quietUntil = this.#now() + shortMs
    } catch (error) {
      this.#failed(error)
      lease.exhaustedUntil = this.#now() + failedMs
      lease.quietUntil = this.#now() + failedMs
    } finally {
      lease.asking = null
    }
  }

  /** Gives back what exceeds a spare part. */
  async #giveBack(budget: KeptBudget, lease: NodeLease, spare: number): Promise<void> {
    // From now on the rest is not taken any more: others may have it before this node has the answer.
    keepAtHand(budget, lease, spare)
    try {
      await this.#replace(budget, lease, 0, 0)
    } catch (error) {
      this.#failed(error)
    } finally {
      lease.asking = null
    }
  }

  /** Replaces the lease in the database, and learns what is on record. What this node may spend already is not taken from it. */
  async #replace(budget: KeptBudget, lease: NodeLease, needed: number, spare: number): Promise<void> {
    const { node, store, journal } = this.#dependencies
    const { counted, spending } = budget
    const { limit } = lease
    const unrecorded = journal.undrained(spending) + budget.running
    const left = Math.max(0, leftOf(budget, lease))
    lease.amount = Infinity
    this.#active.set(budget, lease)
    const { amount, recorded } = await journal.exactly((uncertain) =>
      store.lease({
        node,
        budget: budget.id,
        spending,
        limit,
        committed: Math.max(0, unrecorded + budget.held + left),
        needed,
        spare,
        uncertain,
      }),
    )
    this.#isCutOff = false
    lease.amount = amount
    if (amount === 0) this.#active.delete(budget)
    lease.most = counted + amount - unrecorded
    if (lease.limit < limit) keepAtHand(budget, lease, 0)
    budget.spent = recorded + unrecorded + budget.counted - counted
  }

  #beat(): void {
    const { node, store, journal } = this.#dependencies
    this.#beating = store.beat(node).then(
      (isKnown) => {
        if (!isKnown) this.#renew()
      },
      (error: unknown) => this.#failed(error),
    )
    for (const [budget, lease] of this.#active) {
      if (lease.asking !== null) continue
      const isIdle = this.#now() - lease.usedAt >= idleMs
      if (isIdle) lease.largest = 0
      // The rests that several nodes have at hand may together be enough for one of them.
      const spare = isIdle || lease.isShort ? 0 : spareOf(lease)
      const used = journal.undrained(budget.spending) + budget.running + budget.held
      if (lease.amount > used + 2 * spare) lease.asking = this.#giveBack(budget, lease, spare)
    }
  }

  /** Leases again what the database does not know any more: this node was silent for so long that others took it for ended. */
  #renew(): void {
    for (const [budget, lease] of this.#active) void this.#ask(budget, lease)
  }

  #failed(error: unknown): void {
    if (this.#isCutOff) return
    this.#isCutOff = true
    const reason = messageOf(error)
    const message = `The database grants no leases of limits: ${reason}. Requests go on within what is leased.`
    this.#dependencies.onError(new Error(message))
  }
}

const leftOf = ({ counted, held }: KeptBudget, { most }: NodeLease): number => most - counted - held

/** Takes what exceeds this amount from what calls may still take. */
function keepAtHand(budget: KeptBudget, lease: NodeLease, most: number): void {
  lease.most = Math.min(lease.most, budget.counted + budget.held + most)
}

const spareOf = ({ limit, largest }: NodeLease): number => Math.max(Math.ceil(limit * spareShare), largest)
