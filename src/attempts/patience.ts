import { type ReasoningRequest, refusesReasoning } from '../canonical/reasoning.ts'
import type { Endpoint } from '../catalog/endpoint.ts'
import type { Asked, Candidate, Patience } from '../health/candidate.ts'
import type { Distribution, EndpointState, HealthView, ReplyView } from '../health/endpoint-health.ts'

/** What is waited for. */
export interface Awaited extends Asked {
  /** What the request says about reasoning: it can switch off what is not mandatory. */
  readonly reasoning: ReasoningRequest | undefined
}

/** Upper bounds of a wait, in milliseconds. */
interface Limits {
  readonly firstTokenMs: number
  /** What is left of the time of the whole request. */
  readonly leftMs: number
}

/** Of fewer calls the 95th percentile is no more than the slowest one. */
const leastSamples = 20

/** What an endpoint hardly ever exceeds is waited for three times: late enough to blame it rather than the prompt. */
const patient = 3
/** Longer than it hardly ever takes, by a bit. */
const overdue = 1.25

/** Below this a long prompt, or a machine that is busy for a moment, would look like an outage. */
const leastMs = 2_000

/** What is taken to be usual where too little is known. Thinking may take its time before it shows. */
const guessMs = { plain: 4_000, reasoning: 20_000, token: 15 }
/** An answer without a limit is taken to be so long. */
const guessedTokens = 1_000

/** How much longer a whole reply may take, whatever is usual: one in twenty may be much longer than the rest. */
const longerMs = { token: 10, most: 8_000 }

/** How long an endpoint takes to its first token, in milliseconds; null where too few calls were measured. */
export const knownLatency = (state: EndpointState | null): Distribution | null => known(state?.usualLatency ?? null)

const known = (times: Distribution | null): Distribution | null =>
  times !== null && times.samples >= leastSamples ? times : null

/**
 * How long the first token of a stream, or a whole reply, is waited for. While there is somewhere else to go that is three times what
 * the endpoint hardly ever exceeds: early enough for the client to be served by another, and never more than half of the time
 * that is left. The last candidate gets all the time there is.
 *
 * @param remaining What is left to try; other credentials of the same endpoint are nowhere else to go.
 */
export function patienceFor(
  endpoint: Endpoint,
  remaining: readonly Candidate[],
  awaited: Awaited,
  { firstTokenMs, leftMs }: Limits,
  health: Pick<HealthView, 'state'> & ReplyView,
): Patience {
  const { stream, reasoning: wish, maxTokens } = awaited
  const { reasoning } = endpoint
  const reasons = reasoning !== null && (reasoning.mandatory || wish === undefined || !refusesReasoning(wish))
  const guess = reasons ? guessMs.reasoning : guessMs.plain
  const tokens = maxTokens ?? guessedTokens
  const usualMs = stream
    ? (knownLatency(health.state(endpoint.id))?.p95 ?? guess)
    : usualReply(endpoint, remaining, maxTokens, health, guess + tokens * guessMs.token)
  const leastPatience = stream ? leastMs : leastMs + Math.min(tokens * longerMs.token, longerMs.most)
  const limitMs = stream ? Math.min(firstTokenMs, leftMs) : leftMs
  const isLast = !remaining.some((other) => other.endpoint.id !== endpoint.id)
  return {
    answerMs: isLast ? limitMs : Math.min(limitMs, leftMs / 2, Math.max(leastPatience, patient * usualMs)),
    overdueMs: Math.max(leastMs, overdue * usualMs),
    commentsCount: reasons,
  }
}

/**
 * What a whole reply hardly ever takes longer than, here or where the request would go next: answers may have become longer since this
 * endpoint was last heard to the end, and it is no use to leave it for one that takes as long.
 */
function usualReply(
  { id, model }: Endpoint,
  remaining: readonly Candidate[],
  maxTokens: number | undefined,
  health: ReplyView,
  guess: number,
): number {
  let usual = known(health.replyTime(id, maxTokens))?.p95 ?? guess
  for (const { endpoint } of remaining) {
    if (endpoint.model !== model || endpoint.id === id) continue
    usual = Math.max(usual, known(health.replyTime(endpoint.id, maxTokens))?.p95 ?? 0)
  }
  return usual
}
