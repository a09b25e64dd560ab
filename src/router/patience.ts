import { type ReasoningRequest, refusesReasoning } from '../canonical/reasoning.ts'
import type { Endpoint } from '../catalog/endpoint.ts'
import type { Patience } from './candidate.ts'
import type { Distribution, EndpointState } from './endpoint-health.ts'

/** Of fewer calls the 95th percentile is no more than the slowest one. */
const leastSamples = 20

/** Below this a long prompt, or a machine that is busy for a moment, would look like an outage. */
const leastMs = 2_000

/** What is waited for an endpoint of which too little is known. Thinking may take its time before it shows. */
const unknownMs = { plain: 12_000, reasoning: 60_000 }

/** How long an endpoint takes to its first token, in milliseconds; null where too few calls were measured. */
export function knownLatency(state: EndpointState | null): Distribution | null {
  const latency = state?.usualLatency ?? null
  return latency !== null && latency.samples >= leastSamples ? latency : null
}

/**
 * How long the first token of a stream is waited for. While there is somewhere else to go that is three times what the endpoint
 * itself hardly ever exceeds: late enough to blame it rather than the prompt, early enough for the client to be served by another.
 * The last candidate gets all the time there is.
 *
 * @param isLast Whether no other endpoint is left to try.
 * @param configuredMs Upper bound of the answer.
 * @param wish What the request says about reasoning: it can switch off what is not mandatory.
 */
export function patienceFor(
  { reasoning }: Endpoint,
  isLast: boolean,
  state: EndpointState | null,
  configuredMs: number,
  wish: ReasoningRequest | undefined,
): Patience {
  const reasons = reasoning !== null && (reasoning.mandatory || wish === undefined || !refusesReasoning(wish))
  return {
    firstTokenMs: isLast ? configuredMs : Math.min(configuredMs, usualLimit(knownLatency(state), reasons)),
    commentsCount: reasons,
  }
}

const usualLimit = (latency: Distribution | null, reasons: boolean): number =>
  latency === null ? unknownMs[reasons ? 'reasoning' : 'plain'] : Math.max(leastMs, 3 * latency.p95)
