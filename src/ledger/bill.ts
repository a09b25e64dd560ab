import type { AttemptEntry } from '../canonical/generation-context.ts'
import type { FinishReason } from '../canonical/generation-event.ts'
import type { Outcome } from '../canonical/outcome.ts'
import { tokensOfLength } from '../canonical/prompt-tokens.ts'
import { addCost, addUsage, type Cost, type Usage } from '../canonical/usage.ts'
import type { Endpoint } from '../catalog/endpoint.ts'
import type { BillableRequest } from './billable-request.ts'
import { priceUsage } from './price-usage.ts'

export interface Bill {
  readonly usage: Usage
  readonly cost: Cost
}

/** What an endpoint did that the request and the reply do not show, since another had done it before. In UTF-16 units. */
export interface Repeated {
  /** Read as prompt. */
  readonly prompt: number
  /** Produced once more. */
  readonly produced: number
}

/** What one endpoint gave of an answer. */
export interface Part {
  readonly endpoint: Endpoint
  /** Its entry in the context's log. */
  readonly entry: AttemptEntry
  readonly outcome: Outcome
  readonly repeated: Repeated
}

/** Nothing was used: no endpoint answered. */
const nothing: Bill = {
  usage: {},
  cost: { total: 0, prompt: 0, completion: 0, other: 0, isByok: false, provenance: 'none' },
}

export const sumOf = (bills: readonly Bill[]): Bill => {
  const [first = nothing, ...others] = bills
  return others.reduce(
    (one, other) => ({ usage: addUsage(one.usage, other.usage), cost: addCost(one.cost, other.cost) }),
    first,
  )
}

/**
 * What a part used and costs at its own endpoint, in the tier that served it. What that did not report is estimated; where the
 * part broke off, also what came after its last count, such as the one token in Anthropic's first event.
 *
 * @param finish How the answer ended that the part belongs to.
 * @param at Unix milliseconds, for prices by time of day.
 * @param calibration What to multiply an estimate of a prompt for this model by.
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
