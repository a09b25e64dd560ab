import { GatewayError } from '../canonical/errors.ts'
import type { AttemptEntry, GenerationContext } from '../canonical/generation-context.ts'
import { type GenerationBatch, type GenerationEvent, isContent } from '../canonical/generation-event.ts'
import type { Endpoint } from '../catalog/endpoint.ts'
import type { Clock } from '../util/clock.ts'
import { sleep } from '../util/sleep.ts'
import type { Candidate } from './candidate.ts'
import { explainExhaustion, type Failure } from './exhaustion.ts'
import { nextStep } from './retry-policy.ts'
import type { Route } from './route.ts'

export interface AttemptTools {
  readonly clock: Clock
  /** Uniform in [0, 1). */
  readonly chance: () => number
  /** Milliseconds from the request's arrival after which no further call begins. */
  readonly totalMs: number
}

/** An endpoint answers: `first` holds everything up to and with the first content, `rest` what follows. */
export interface Committed {
  readonly endpoint: Endpoint
  readonly entry: AttemptEntry
  readonly first: GenerationBatch
  readonly rest: AsyncIterable<GenerationBatch>
}

/** Nobody answered. */
export interface Exhausted {
  readonly endpoint: null
  readonly error: GatewayError
}

/** How long a rate-limited endpoint is waited for when there is nowhere else to go. */
const patienceMs = 3_000

/**
 * Calls candidates one after the other until one commits, i.e. sends its first content event; after that there is no silent
 * second attempt, so the loop ends there. Every candidate starts from the untouched request (design laws 4 and 5).
 */
export async function attemptLoop(
  { candidates, fallbacks }: Pick<Route, 'candidates' | 'fallbacks'>,
  call: (candidate: Candidate) => AsyncIterable<GenerationBatch>,
  context: GenerationContext,
  tools: AttemptTools,
): Promise<Committed | Exhausted> {
  const failures: Failure[] = []
  const echoes = new Map<number, GenerationEvent>()
  let remaining = candidates
  let waited = false
  const inTime = (): boolean => !context.signal.aborted && tools.clock.monotonic() - context.startedAt < tools.totalMs
  while (inTime()) {
    const [candidate, ...others] = remaining
    if (candidate === undefined) {
      const patient = waited ? undefined : shortestWait(failures)
      if (patient === undefined) break
      waited = true
      await sleep(patient.waitMs, context.signal)
      remaining = [patient.candidate]
      continue
    }
    remaining = others
    for (let tries = 1; inTime(); tries++) {
      const entry = begin(context, candidate, tools.clock)
      const answer = await untilCommit(call(candidate), candidate, entry, echoes, tools.clock)
      if ('rest' in answer) return answer
      failures.push(answer)
      const step = nextStep(answer.retry, candidate, tries, tools.chance)
      if (step.type === 'stop') return { endpoint: null, error: explainExhaustion(failures, fallbacks) }
      if (step.type === 'next') {
        remaining = remaining.filter(step.keep)
        break
      }
      await sleep(step.waitMs, context.signal)
    }
  }
  return {
    endpoint: null,
    error: failures.length > 0 ? explainExhaustion(failures, fallbacks) : new GatewayError('timeout'),
  }
}

/** A second call to the same endpoint is another try of the same attempt (contract §5.5 counts endpoints). */
function begin(context: GenerationContext, candidate: Candidate, clock: Clock): AttemptEntry {
  const { endpoint } = candidate
  const last = context.attempts.at(-1)
  const attempt = last === undefined ? 1 : last.endpoint === endpoint.id ? last.attempt : last.attempt + 1
  const entry: AttemptEntry = {
    endpoint: endpoint.id,
    provider: endpoint.provider,
    providerName: endpoint.providerName,
    model: endpoint.model,
    attempt,
    startedAt: clock.monotonic(),
    latency: 0,
    status: 0,
    errorKind: null,
    upstreamId: null,
  }
  context.attempts.push(entry)
  return entry
}

/**
 * Reads one call up to its first content. `echoes` collects what must not be lost when another endpoint is tried: the debug echo
 * of each attempt, by its number, so that a second try does not echo again (contract §4.6).
 */
async function untilCommit(
  events: AsyncIterable<GenerationBatch>,
  candidate: Candidate,
  entry: AttemptEntry,
  echoes: Map<number, GenerationEvent>,
  clock: Clock,
): Promise<Committed | Failure> {
  const { endpoint } = candidate
  const iterator = events[Symbol.asyncIterator]()
  const before: GenerationEvent[] = []
  for (;;) {
    const { done, value: batch } = await iterator.next()
    if (done === true) return failed(candidate, entry, clock, new GatewayError('provider_unavailable'), 'next-endpoint')
    for (const [position, event] of batch.entries()) {
      if (isContent(event)) {
        entry.latency = clock.monotonic() - entry.startedAt
        entry.status = 200
        const committed: GenerationEvent = {
          type: 'committed',
          provider: endpoint.providerName,
          model: endpoint.model,
          endpoint: endpoint.id,
          attempt: entry.attempt,
        }
        const first = [...echoes.values(), ...before, committed, ...batch.slice(position)]
        return { endpoint, entry, first, rest: { [Symbol.asyncIterator]: () => iterator } }
      }
      if (event.type === 'error') {
        return failed(candidate, entry, clock, event.error, event.retry.scope, event.retry.afterMs)
      }
      if (event.type === 'upstream-request') {
        echoes.set(entry.attempt, { ...event, provider: endpoint.providerName, model: endpoint.model })
      } else if (event.type !== 'alive') {
        before.push(event)
      }
    }
  }
}

function failed(
  candidate: Candidate,
  entry: AttemptEntry,
  clock: Clock,
  error: GatewayError,
  scope: Failure['retry']['scope'],
  afterMs?: number,
): Failure {
  entry.latency = clock.monotonic() - entry.startedAt
  entry.status = error.status
  entry.errorKind = error.kind
  return { candidate, error, retry: { scope, afterMs } }
}

/** The rate-limited endpoint that asked for the shortest wait, where that is bearable and nothing else is left to try. */
function shortestWait(failures: readonly Failure[]): { candidate: Candidate; waitMs: number } | undefined {
  return failures
    .flatMap(({ candidate, retry }) =>
      retry.scope !== 'never' && retry.afterMs !== undefined && retry.afterMs <= patienceMs
        ? [{ candidate, waitMs: retry.afterMs }]
        : [],
    )
    .sort((a, b) => a.waitMs - b.waitMs)[0]
}
