import { type ReasoningRequest, refusesReasoning } from '../canonical/reasoning.ts'
import type { Endpoint } from '../catalog/endpoint.ts'
import type { RequestedReply, Candidate, Patience } from '../health/candidate.ts'
import type { Distribution, EndpointState, HealthView, ReplyView } from '../health/endpoint-health.ts'

/** The reply that is waited for. */
export interface AwaitedReply extends RequestedReply {
  /** The `reasoning` of the request: it can switch off reasoning that is not mandatory. */
  readonly reasoning: ReasoningRequest | undefined
}

/** Upper bounds of a wait, in milliseconds. */
interface Limits {
  readonly firstTokenMs: number
  /** The time that the whole request has left. */
  readonly leftMs: number
}

/** The fewest measurements that are used: of fewer calls the 95th percentile is only the slowest call. */
const leastSamples = 20

/** The wait is three times the 95th percentile. After that, the endpoint is the likely cause, and not the prompt. */
const patienceFactor = 3
/** A reply is overdue when it takes a little longer than the 95th percentile. */
const overdueFactor = 1.25

/** The shortest wait. With a shorter one, a long prompt or a machine that is busy for a moment would look like an outage. */
const leastMs = 2_000

/** The usual times that are assumed where too few calls were measured. A model that reasons may take long before its first token. */
const assumedMs = { plain: 4_000, reasoning: 20_000, token: 15 }
/** The length that is assumed of an answer without a limit. */
const assumedTokens = 1_000

/** The time that is added for a whole reply, whatever is usual: one answer in twenty may be much longer than the others. */
const extraMs = { token: 10, most: 8_000 }

/** Returns the time to the first token of an endpoint, in milliseconds. Null where too few calls were measured. */
export const knownLatency = (state: EndpointState | null): Distribution | null => known(state?.usualLatency ?? null)

const known = (times: Distribution | null): Distribution | null =>
  times !== null && times.samples >= leastSamples ? times : null

/**
 * Computes how long to wait for the first token of a stream, or for a whole reply. While another endpoint is left, that is three times the
 * 95th percentile of this endpoint, and at most half of the time that the request has left, so that another endpoint can still serve
 * the client. The last endpoint gets all the time that is left.
 *
 * @param remaining The candidates that are left. Those that differ only in the credential are not another endpoint.
 */
export function patienceFor(
  endpoint: Endpoint,
  remaining: readonly Candidate[],
  awaited: AwaitedReply,
  { firstTokenMs, leftMs }: Limits,
  health: Pick<HealthView, 'state'> & ReplyView,
): Patience {
  const { stream, reasoning: wish, maxTokens } = awaited
  const { reasoning } = endpoint
  const reasons = reasoning !== null && (reasoning.mandatory || wish === undefined || !refusesReasoning(wish))
  const assumed = reasons ? assumedMs.reasoning : assumedMs.plain
  const tokens = maxTokens ?? assumedTokens
  const usualMs = stream
    ? (knownLatency(health.state(endpoint.id))?.p95 ?? assumed)
    : usualReply(endpoint, remaining, maxTokens, health, assumed + tokens * assumedMs.token)
  const leastPatience = stream ? leastMs : leastMs + Math.min(tokens * extraMs.token, extraMs.most)
  const limitMs = stream ? Math.min(firstTokenMs, leftMs) : leftMs
  const isLast = !remaining.some((other) => other.endpoint.id !== endpoint.id)
  return {
    answerMs: isLast ? limitMs : Math.min(limitMs, leftMs / 2, Math.max(leastPatience, patienceFactor * usualMs)),
    overdueMs: Math.max(leastMs, overdueFactor * usualMs),
    commentsCount: reasons,
  }
}

/**
 * Returns the 95th percentile of the time of a whole reply, of this endpoint or of the slowest remaining endpoint of the model. Answers may
 * have become longer since a reply of this endpoint was last read to its end, and there is no use in leaving it for an endpoint that
 * takes as long.
 */
function usualReply(
  { id, model }: Endpoint,
  remaining: readonly Candidate[],
  maxTokens: number | undefined,
  health: ReplyView,
  assumed: number,
): number {
  let usual = known(health.replyTime(id, maxTokens))?.p95 ?? assumed
  for (const { endpoint } of remaining) {
    if (endpoint.model !== model || endpoint.id === id) continue
    usual = Math.max(usual, known(health.replyTime(endpoint.id, maxTokens))?.p95 ?? 0)
  }
  return usual
}
