import type { GatewayError } from '../canonical/errors.ts'
import type { GenerationContext } from '../canonical/generation-context.ts'
import type { CallBatch, CallEvent } from '../canonical/generation-event.ts'
import type { CallHold, Hold } from '../canonical/hold.ts'
import { producedAudioTokens, producedImageTokens, producedText } from '../canonical/produced.ts'
import { estimateError } from '../canonical/prompt-tokens.ts'
import type { Endpoint } from '../catalog/endpoint.ts'
import { type Allowance, countSpent, cutOffBy, isSpent, leftFor, refusalFor, refusalOf } from './allowance.ts'
import { type Counted, mapped, type Share } from './budget.ts'
import type { ByokFees } from './byok-fees.ts'
import type { Lease } from './lease.ts'
import type { UsualOutput } from './usual-output.ts'
import {
  affordableTokens,
  costOf,
  type Demand,
  heldPromptTokens,
  largestOutput,
  limitedOutput,
  type WorstCase,
  worstCase,
} from './worst-case.ts'

/** What a hold is given. */
export interface HoldDependencies {
  readonly lease: Lease
  readonly usual: UsualOutput
  /** The fees for calls with keys that accounts brought for providers. */
  readonly byokFees: Pick<ByokFees, 'most'>
  /** Returns the factor by which the estimate of a prompt for this model is multiplied. */
  readonly calibration: (model: string) => number
}

/** While all holds together are below this share of what is left, the bytes of a prompt are precise enough, and nothing is estimated. */
const farShare = 1 / 4
/** The length that is assumed of the answer of a stream, until the endpoint was measured. */
const assumedOutput = 4_096
/** The fewest tokens that an answer must be able to have, where the endpoint was not measured. Some endpoints accept no lower limit. */
const leastOutput = 16
/** The fewest tokens by which the hold of a stream is raised. */
const leastStep = 256

/** What one call would hold. */
interface Fit {
  readonly worst: Counted<WorstCase>
  /** The tokens of the answer that are covered, in all choices together. */
  readonly tokens: number
  /** The `max_tokens` to send, where that is less than the answer may have. */
  readonly maxTokens?: number
}

/** The holds of the calls of one turn, on each budget that the turn is checked against. */
export class TurnHold implements Hold<Endpoint> {
  readonly #dependencies: HoldDependencies
  readonly #allowances: readonly Allowance[]
  readonly #shares: readonly Share[]
  readonly #demand: Demand
  readonly #root: GenerationContext
  readonly #holds: LimitedCallHold[] = []
  #refused: GatewayError | null = null
  #isReleased = false

  /** @param allowances At least one. */
  constructor(
    dependencies: HoldDependencies,
    allowances: readonly Allowance[],
    demand: Demand,
    root: GenerationContext,
  ) {
    this.#dependencies = dependencies
    this.#allowances = allowances
    this.#shares = allowances.map(({ budget }) => budget.share(root.id))
    this.#demand = demand
    this.#root = root
    this.#count()
  }

  /** Returns the refusal where a budget is spent already, so that nothing can be called. */
  spent(): GatewayError | null {
    const spent = this.#allowances.find(isSpent)
    return spent === undefined ? null : refusalOf(spent, null)
  }

  affords(endpoint: Endpoint): boolean {
    this.#count()
    return this.#fit(endpoint) !== null
  }

  cover(endpoint: Endpoint): CallHold | null {
    if (this.#isReleased) return null
    this.#count()
    const fit = this.#fit(endpoint)
    if (fit === null) return null
    const held = heldFor(fit.worst, fit.tokens)
    this.take(held)
    const hold = new LimitedCallHold(this, fit, held, this.#isOpen() ? this.#step(endpoint) : null)
    this.#holds.push(hold)
    return hold
  }

  refusal(): GatewayError {
    return this.#refused ?? refusalFor(this.#tightest(), this.#dependencies.lease, null)
  }

  release(): void {
    if (this.#isReleased) return
    for (const hold of this.#holds) hold.release()
    this.#count()
    this.#isReleased = true
  }

  /** Leases what a call of these endpoints may hold. Null where there is nothing to wait for. */
  prepare(endpoints: readonly Endpoint[]): Promise<unknown> | null {
    const { lease } = this.#dependencies
    let most: Counted<number> | null = null
    const leasing = this.#allowances.flatMap((allowance) => {
      if (allowance.source === 'request_budget') return []
      const { budget, limit } = allowance
      return lease.prepare(budget, limit(), () => budget.of((most ??= this.#most(endpoints)))) ?? []
    })
    return leasing.length === 0 ? null : Promise.all(leasing)
  }

  /** Holds an amount in every budget. */
  take(amounts: Counted<number>): void {
    const { lease } = this.#dependencies
    for (const allowance of this.#allowances) {
      allowance.budget.held += allowance.budget.of(amounts)
      if (allowance.source !== 'request_budget') lease.replenish(allowance.budget, allowance.limit())
    }
  }

  /** Gives back an amount that a call held. */
  give(amounts: Counted<number>): void {
    for (const { budget } of this.#allowances) budget.held -= budget.of(amounts)
  }

  /** Finds the budget that covers the fewest tokens of an answer; null where each covers this many. */
  shortfall(worst: Counted<WorstCase>, tokens: number): Shortage | null {
    let tightest: Shortage | null = null
    for (const allowance of this.#allowances) {
      const own = allowance.budget.of(worst)
      const left = leftFor(allowance, this.#dependencies.lease)
      const cost = costOf(own, tokens)
      if (cost === 0 || cost <= left) continue
      const affordable = affordableTokens(own, left)
      if (tightest === null || affordable < tightest.affordable) tightest = { allowance, affordable }
    }
    return tightest
  }

  /** Notes that an answer must end because no more can be held for it. */
  cutOff(worst: Counted<WorstCase>, produced: number): void {
    const { allowance } = this.shortfall(worst, leastStep) ?? { allowance: this.#tightest() }
    this.#refused = cutOffBy(allowance, produced)
  }

  /** Returns the most that one call may hold. */
  #most(endpoints: readonly Endpoint[]): Counted<number> {
    const holds = endpoints.map((endpoint) => {
      const promptTokens = this.#demand.bytes ?? this.#promptTokens(endpoint)
      return heldFor(this.#worst(endpoint, promptTokens), this.#wanted(endpoint))
    })
    return {
      charged: Math.max(0, ...holds.map(({ charged }) => charged)),
      withByok: Math.max(0, ...holds.map(({ withByok }) => withByok)),
    }
  }

  /** Counts what the request has spent so far: turns that were billed, at any depth, and fees. */
  #count(): void {
    if (this.#isReleased) return
    for (const [index, { budget }] of this.#allowances.entries()) {
      const share = this.#shares[index]
      if (share !== undefined) countSpent(budget, share, this.#root)
    }
  }

  #fit(endpoint: Endpoint): Fit | null {
    if (this.#allowances.some(isSpent)) {
      this.#refused = this.spent()
      return null
    }
    const { bytes } = this.#demand
    const wanted = this.#wanted(endpoint)
    if (bytes !== null) {
      const rough = this.#worst(endpoint, bytes)
      if (this.#isFar(heldFor(rough, wanted))) return { worst: rough, tokens: wanted }
    }
    return this.#closeFit(endpoint, wanted)
  }

  /** Fits a call into what little is left, by a precise estimate of its prompt. */
  #closeFit(endpoint: Endpoint, wanted: number): Fit | null {
    const { usual } = this.#dependencies
    const worst = this.#worst(endpoint, this.#promptTokens(endpoint))
    const shortfall = this.shortfall(worst, wanted)
    if (shortfall === null) return { worst, tokens: wanted }
    const { allowance, affordable } = shortfall
    const { stream, maxTokens, choices } = this.#demand
    const least = Math.min((usual.tokens(endpoint.id) ?? leastOutput) * choices, wanted)
    if (maxTokens === undefined && affordable >= Math.max(choices, least)) {
      // A stream is ended when it becomes too long. Other answers must be limited before they begin.
      if (stream) return { worst, tokens: affordable }
      if (takesMaxTokens(endpoint)) return { worst, tokens: affordable, maxTokens: Math.floor(affordable / choices) }
    }
    this.#refused = refusalFor(allowance, this.#dependencies.lease, { requested: wanted, affordable })
    return null
  }

  #promptTokens(endpoint: Endpoint): number {
    const { calibration, usual } = this.#dependencies
    return heldPromptTokens(this.#demand, calibration(endpoint.model), usual.surplus(endpoint.id))
  }

  /** A call with a key of the account's own is charged a fee at most. */
  #worst(endpoint: Endpoint, promptTokens: number): Counted<WorstCase> {
    const list = worstCase(this.#demand, endpoint, promptTokens, this.#root.createdAt)
    if (endpoint.byok === undefined) return { charged: list, withByok: list }
    const { byokFees } = this.#dependencies
    const fee = { base: byokFees.most(list.base), perToken: byokFees.most(list.perToken) }
    return { charged: fee, withByok: { base: list.base + fee.base, perToken: list.perToken + fee.perToken } }
  }

  /** Returns for how many tokens a call is held: the client's limit, else what is usual for a stream, else the most of the endpoint. */
  #wanted(endpoint: Endpoint): number {
    const { choices } = this.#demand
    const largest = limitedOutput(this.#demand, endpoint) ?? largestOutput(this.#demand, endpoint)
    return choices * (this.#isOpen() ? Math.min(this.#usual(endpoint), largest) : largest)
  }

  /** Tells whether the answer may grow beyond what is held for it at first. */
  #isOpen(): boolean {
    return this.#demand.stream && this.#demand.maxTokens === undefined
  }

  #usual({ id }: Endpoint): number {
    const usual = this.#dependencies.usual.tokens(id)
    return usual === null ? assumedOutput : Math.max(usual, leastOutput)
  }

  #step(endpoint: Endpoint): number {
    return Math.max(leastStep, Math.ceil(this.#usual(endpoint) / 2))
  }

  #isFar(amounts: Counted<number>): boolean {
    return this.#allowances.every((allowance) => {
      const { budget, limit } = allowance
      const amount = budget.of(amounts)
      return (
        budget.held + amount <= (limit() - budget.spent) * farShare &&
        amount <= leftFor(allowance, this.#dependencies.lease)
      )
    })
  }

  /** Returns the budget with the least left. */
  #tightest(): Allowance {
    const { lease } = this.#dependencies
    const [tightest] = this.#allowances.toSorted((one, other) => leftFor(one, lease) - leftFor(other, lease))
    if (tightest === undefined) throw new Error('A hold needs at least one budget.')
    return tightest
  }
}

/** A budget that does not cover an answer, and how many tokens of it would be covered. */
interface Shortage {
  readonly allowance: Allowance
  readonly affordable: number
}

const heldFor = (worst: Counted<WorstCase>, tokens: number): Counted<number> =>
  mapped(worst, (own) => costOf(own, tokens))

const less = (one: Counted<number>, other: Counted<number>): Counted<number> => ({
  charged: one.charged - other.charged,
  withByok: one.withByok - other.withByok,
})

/** Tells whether the answer of an endpoint can be limited to what is affordable. */
const takesMaxTokens = ({ supportedParameters }: Endpoint): boolean =>
  supportedParameters === null || supportedParameters.has('max_tokens')

/** The hold of one call on every budget. */
class LimitedCallHold implements CallHold {
  readonly maxTokens: number | undefined
  readonly #turn: TurnHold
  readonly #worst: Counted<WorstCase>
  /** By how many tokens the hold is raised while the answer grows; null for an answer that is covered whole. */
  readonly #step: number | null
  #held: Counted<number>
  #tokens: number
  #estimated = 0
  #reported = 0
  #isReleased = false

  constructor(turn: TurnHold, { worst, tokens, maxTokens }: Fit, held: Counted<number>, step: number | null) {
    this.#turn = turn
    this.#worst = worst
    this.#step = step
    this.#held = held
    this.#tokens = tokens
    this.maxTokens = maxTokens
  }

  keepUp(batch: CallBatch): boolean {
    if (this.#step === null || this.#isReleased) return true
    for (const event of batch) {
      if (event.type === 'finish') return true
      if (event.type === 'usage') this.#reported = Math.max(this.#reported, event.usage.completionTokens ?? 0)
      this.#estimated += tokensOf(event)
    }
    const produced = Math.max(this.#reported, Math.ceil(this.#estimated * (1 + estimateError)))
    if (produced + this.#step / 2 > this.#tokens) this.#raise(this.#step)
    if (produced <= this.#tokens) return true
    this.#turn.cutOff(this.#more, produced)
    return false
  }

  cost(amount: number): void {
    if (this.#isReleased) return
    const held = mapped(this.#held, (most) => Math.min(most, amount))
    this.#turn.give(less(this.#held, held))
    this.#held = held
  }

  release(): void {
    if (this.#isReleased) return
    this.#isReleased = true
    this.#turn.give(this.#held)
  }

  /** Raises the hold by a step, or by what is left. */
  #raise(step: number): void {
    const tokens = this.#turn.shortfall(this.#more, step)?.affordable ?? step
    const held = heldFor(this.#worst, this.#tokens + tokens)
    if (tokens <= 0) return
    this.#turn.take(less(held, this.#held))
    this.#held = held
    this.#tokens += tokens
  }

  /** What more of the answer costs. */
  get #more(): Counted<WorstCase> {
    return mapped(this.#worst, ({ perToken }) => ({ base: 0, perToken }))
  }
}

/** The bytes of a token: about four in English, and not more in other scripts, whose letters take several bytes. */
const bytesPerToken = 4

/** Estimates the tokens that an event adds to an answer. */
const tokensOf = (event: CallEvent): number =>
  Buffer.byteLength(producedText(event)) / bytesPerToken + producedAudioTokens(event) + producedImageTokens(event)
