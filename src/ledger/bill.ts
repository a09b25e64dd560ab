import type { AttemptEntry } from '../canonical/generation-context.ts'
import type { FinishReason } from '../canonical/generation-event.ts'
import type { Outcome } from '../canonical/outcome.ts'
import { tokensOfLength } from '../canonical/prompt-tokens.ts'
import { addCost, addUsage, type Cost, type Usage } from '../canonical/usage.ts'
import type { Endpoint } from '../catalog/endpoint.ts'
import type { BillableRequest } from './billable-request.ts'
import { priceUsage } from './price-usage.ts'

/** What was used, and what it costs. */
export interface Bill {
  readonly usage: Usage
  readonly cost: Cost
}

/** The work of an endpoint that repeats the work of another, and that request and reply do not show. In UTF-16 units. */
export interface Repeated {
  /** The length of the answer that it read as prompt. */
  readonly prompt: number
  /** The length of the answer that it produced again. */
  readonly produced: number
}

/** The part of an answer that one endpoint gave. */
export interface Part {
  readonly endpoint: Endpoint
  /** Its entry in the context's log. */
  readonly entry: AttemptEntry
  readonly outcome: Outcome
  readonly repeated: Repeated
}

/** The bill where no endpoint answered. */
const nothing: Bill = {
  usage: {},
  cost: { total: 0, prompt: 0, completion: 0, other: 0, tools: 0, isByok: false, provenance: 'none' },
}

/** Adds up bills. */
export const sumOf = (bills: readonly Bill[]): Bill => {
  const [first = nothing, ...others] = bills
  return others.reduce(
    (one, other) => ({ usage: addUsage(one.usage, other.usage), cost: addCost(one.cost, other.cost) }),
    first,
  )
}

/**
 * Bills a part at the prices of its own endpoint, in the tier that served it. Usage that the endpoint did not report is estimated. Where
 * the part broke off, so is what came after the last reported count, which may be the single token in Anthropic's first event.
 *
 * @param finish How the answer ended that the part belongs to.
 * @param at Unix milliseconds, for prices by time of day.
 * @param calibration Returns the factor by which the estimate of a prompt for this model is multiplied.
 */
export function billOf(
  request: BillableRequest,
  { endpoint, outcome, repeated }: Part,
  finish: FinishReason | null,
  at: number,
  calibration: (model: string) => number,
): Bill {
  const reported = outcome.usage
  const isBroken = outcome.finish === null || outcome.finish === 'error'
  const promptTokens =
    reported.promptTokens ??
    Math.ceil(request.promptTokens() * calibration(endpoint.model)) + tokensOfLength(repeated.prompt)
  const completionTokens =
    reported.completionTokens === undefined
      ? tokensOfLength(outcome.produced + repeated.produced - request.echoedCharacters)
      : reported.completionTokens + (isBroken ? tokensOfLength(outcome.produced - outcome.counted) : 0)
  const usage = { ...reported, promptTokens, completionTokens }
  const pricing = endpoint.tierPricing?.get(outcome.serviceTier ?? '') ?? endpoint.pricing
  const cost = priceUsage(usage, pricing, finish, at, request.images)
  const isReported = promptTokens === reported.promptTokens && completionTokens === reported.completionTokens
  return { usage, cost: isReported ? cost : { ...cost, provenance: 'estimated' } }
}
