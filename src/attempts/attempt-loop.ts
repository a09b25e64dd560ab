import { GatewayError } from '../canonical/errors.ts'
import type { AttemptKind, GenerationContext } from '../canonical/generation-context.ts'
import type { CallEvent, CallStream } from '../canonical/generation-event.ts'
import type { Endpoint } from '../catalog/endpoint.ts'
import type { CallHold, Hold } from '../canonical/hold.ts'
import type { Happenings } from '../canonical/happening.ts'
import { sleep } from '../util/sleep.ts'
import { Attempt, type AttemptContext, type Committed, type Failure, type Undelivered } from './attempt.ts'
import type { Candidate, Patience } from '../health/candidate.ts'
import type { HealthView, ReplyView } from '../health/endpoint-health.ts'
import { callsUsedUp, explainExhaustion, unaffordable } from './explain-exhaustion.ts'
import type { HedgePlan, Hedges } from './hedges.ts'
import { type AwaitedReply, patienceFor } from './patience.ts'
import { race, type AbortableAttempt } from './race.ts'
import { retryDelay, worthTrying } from './retry-policy.ts'
import { DelayedRetries } from './delayed-retries.ts'
import type { Route } from '../router/route.ts'

/** What the attempt loop is given. Time and chance are arguments (principle 9). */
export interface AttemptDependencies extends Pick<AttemptContext, 'clock' | 'price'> {
  /** Uniform in [0, 1). */
  readonly chance: () => number
  /** The wait for the first token of the last candidate's stream, in milliseconds. */
  readonly firstTokenMs: number
  /** The most calls to providers that one request may make in all. */
  readonly mostCalls: number
  readonly health: HealthView & ReplyView
  readonly hedges: Hedges
  readonly happenings: Happenings
}

/** How one request is sent to each endpoint that is tried. */
export interface CallPlan extends Omit<AwaitedReply, 'stream'> {
  /** Tells whether this endpoint answers with a stream. */
  readonly streams: (endpoint: Endpoint) => boolean
  /** Counts the provider calls that one call to this candidate makes. */
  readonly calls: (candidate: Candidate) => number
  /** Holds what each call may cost. */
  readonly hold: Hold<Endpoint>
  /**
   * Starts a call to one endpoint, as `CallEndpoint` does.
   * @param maxTokens The output limit to send in place of the client's.
   */
  readonly call: (
    candidate: Candidate,
    signal: AbortSignal,
    patience: Patience,
    onSent: () => void,
    maxTokens: number | undefined,
  ) => CallStream
  /** Tells whether this event commits the answer: after it, no other endpoint may answer. */
  readonly commits: (event: CallEvent) => boolean
  /** Whether the client asked for a service tier, so that the reply must name the tier that serves. */
  readonly reportsTier: boolean
}

/** The answers that the client does not get and is still charged for. */
interface WithUndelivered {
  readonly undelivered: readonly Undelivered[]
}

/** The outcome where one endpoint answers. */
export interface Answered extends Committed, WithUndelivered {}

/** The outcome where no endpoint answers. */
export interface Exhausted extends WithUndelivered {
  readonly type: 'exhausted'
  readonly error: GatewayError
}

/**
 * Calls the candidates one after the other until one commits, which means that it sends its first content event. The client sees that
 * event, so no other endpoint may answer after it, and the loop ends. Every candidate starts from the untouched request (principles 4
 * and 5).
 */
export async function attemptLoop(
  { candidates, fallbacks }: Pick<Route, 'candidates' | 'fallbacks'>,
  callPlan: CallPlan,
  context: GenerationContext,
  dependencies: AttemptDependencies,
): Promise<Answered | Exhausted> {
  const { clock, chance, health, hedges } = dependencies
  const caller = new Caller(callPlan, context, dependencies)
  const failures: Failure[] = []
  const delayedRetries = new DelayedRetries()
  let remaining = candidates
  let isUsedUp = false
  let isUnaffordable = false
  while (caller.hasTimeLeft()) {
    const delayedRetry = delayedRetries.take(remaining)
    if (delayedRetry !== null) {
      if (caller.canCall(delayedRetry.candidate)) await caller.pause(delayedRetry.dueAt - clock.monotonic())
      remaining = [delayedRetry.candidate, ...remaining]
      continue
    }
    const [candidate, ...others] = remaining
    if (candidate === undefined) break
    remaining = others
    if (!caller.canCall(candidate)) {
      if (caller.withinCalls(candidate)) isUnaffordable = true
      else isUsedUp = true
      continue
    }
    for (let tries = 1; caller.hasTimeLeft(); tries++) {
      const begunAt = clock.monotonic()
      const hedgePlan = callPlan.streams(candidate.endpoint) ? hedges.plan(candidate, others, health, begunAt) : null
      const running =
        hedgePlan === null
          ? caller.start(candidate, others)?.outcome
          : hedged(caller, candidate, others, hedgePlan, hedges)
      // Other requests may have taken what was left, while this one paused.
      if (running === undefined || running === null) {
        isUnaffordable = true
        break
      }
      const outcome = await running
      if (outcome.type === 'committed') return { ...outcome, undelivered: undeliveredOf(failures) }
      const failed = outcome.type === 'failure' ? [outcome] : outcome.failures
      failures.push(...failed)
      const tookMs = clock.monotonic() - begunAt
      const mayTryAgain = outcome.type === 'failure' && caller.canCall(candidate)
      const pauseMs = mayTryAgain ? retryDelay(outcome.retry, tries, tookMs, chance) : null
      if (pauseMs === null) {
        remaining = remainingAfter(remaining, failed, delayedRetries, dependencies)
        break
      }
      await caller.pause(pauseMs)
    }
  }
  const unfit = failures.find((failure) => failure.deliverAnyway !== undefined)
  // An answer that does not fit the response format is better than no answer.
  if (unfit?.deliverAnyway !== undefined && !context.signal.aborted)
    return { ...unfit.deliverAnyway(), undelivered: [] }
  const notes = [...(isUsedUp ? [callsUsedUp(dependencies.mostCalls)] : []), ...(isUnaffordable ? [unaffordable] : [])]
  return { type: 'exhausted', error: errorOf(), undelivered: undeliveredOf(failures) }

  function errorOf(): GatewayError {
    if (failures.length > 0) return explainExhaustion(failures, fallbacks, notes.map((note) => ` ${note}`).join(''))
    if (!caller.hasTimeLeft()) return new GatewayError('timeout')
    return isUnaffordable ? callPlan.hold.refusal() : new GatewayError('provider_overloaded', notes.join(' '))
  }
}

/**
 * Lists the undelivered answers that are charged. Where the client left while two calls were running, only the call that began first is
 * charged.
 */
function undeliveredOf(failures: readonly Failure[]): readonly Undelivered[] {
  const unfit = failures.flatMap((failure) => (failure.deliverAnyway === undefined ? [] : (failure.undelivered ?? [])))
  const [abandoned] = failures
    .flatMap((failure) => (failure.deliverAnyway === undefined ? (failure.undelivered ?? []) : []))
    .toSorted((one, other) => one.entry.startedAt - other.entry.startedAt)
  return abandoned === undefined ? unfit : [...unfit, abandoned]
}

/**
 * Calls the candidate, and a second endpoint beside it if the first token of the candidate is late. Null where the call itself cannot be
 * covered.
 */
function hedged(
  caller: Caller,
  candidate: Candidate,
  others: readonly Candidate[],
  { delayMs, rival }: HedgePlan,
  hedges: Hedges,
): ReturnType<typeof race> | null {
  const first = caller.startAbortable(candidate, others)
  if (first === null) return null
  return race(first, delayMs, () =>
    caller.hasTimeLeft() && caller.canCall(rival) && hedges.spend(candidate.endpoint.provider)
      ? caller.startAbortable(
          rival,
          others.filter((other) => other !== rival),
          'hedge',
        )
      : null,
  )
}

/**
 * Returns the candidates that are left after one failure, or after the two of a hedged call. Also notes for each failed endpoint whether
 * to call it again later, unless the other failure rules that out.
 */
function remainingAfter(
  remaining: readonly Candidate[],
  failed: readonly Failure[],
  delayedRetries: DelayedRetries,
  { clock, chance }: AttemptDependencies,
): readonly Candidate[] {
  const rules = failed.map(({ retry, candidate }) => worthTrying(retry, candidate))
  const isWorthTrying = (candidate: Candidate): boolean => rules.every((rule) => rule(candidate))
  delayedRetries.keep(isWorthTrying)
  for (const [index, failure] of failed.entries()) {
    const others = rules.toSpliced(index, 1)
    if (others.every((rule) => rule(failure.candidate))) delayedRetries.note(failure, clock.monotonic(), chance)
  }
  return remaining.filter(isWorthTrying)
}

/** The calls of one generation, within the limits of time, money and number that the request has. */
export class Caller {
  readonly #callPlan: CallPlan
  readonly #context: GenerationContext
  readonly #dependencies: AttemptDependencies
  readonly #shared: AttemptContext

  constructor(callPlan: CallPlan, context: GenerationContext, dependencies: AttemptDependencies) {
    this.#callPlan = callPlan
    this.#context = context
    this.#dependencies = dependencies
    const { reportsTier, streams, commits } = callPlan
    const { clock, price, happenings } = dependencies
    this.#shared = { context, clock, price, happenings, echoes: new Map(), reportsTier, streams, commits }
  }

  /** Tells whether another call may begin: the client is still there, and the deadline has not passed. */
  hasTimeLeft(): boolean {
    return !this.#context.signal.aborted && this.#leftMs() > 0
  }

  /** Tells whether the request may still make a call to this candidate, by number of calls and by money. */
  canCall(candidate: Candidate): boolean {
    return this.withinCalls(candidate) && this.#callPlan.hold.affords(candidate.endpoint)
  }

  /** Tells whether a call to this candidate stays within the number of calls that the request may make. */
  withinCalls(candidate: Candidate): boolean {
    return this.#context.calls + this.#callPlan.calls(candidate) <= this.#dependencies.mostCalls
  }

  /** Waits so many milliseconds, but not beyond the deadline of the request. */
  pause(ms: number): Promise<void> {
    return sleep(Math.max(0, Math.min(ms, this.#leftMs())), this.#context.signal)
  }

  /** Starts an attempt; null where it cannot be covered. `remaining` are the candidates that could still take over. */
  start(
    candidate: Candidate,
    remaining: readonly Candidate[],
    signal = this.#context.signal,
    kind?: AttemptKind,
  ): Attempt | null {
    const hold = this.#callPlan.hold.cover(candidate.endpoint)
    return hold === null ? null : this.#begin(candidate, remaining, signal, hold, kind)
  }

  /** Starts an attempt that can be aborted alone, without the rest of the request. */
  startAbortable(candidate: Candidate, remaining: readonly Candidate[], kind?: AttemptKind): AbortableAttempt | null {
    const hold = this.#callPlan.hold.cover(candidate.endpoint)
    if (hold === null) return null
    const controller = abortedWith(this.#context.signal)
    return { attempt: this.#begin(candidate, remaining, controller.signal, hold, kind), controller }
  }

  #begin(
    candidate: Candidate,
    remaining: readonly Candidate[],
    signal: AbortSignal,
    hold: CallHold,
    kind: AttemptKind | undefined,
  ): Attempt {
    this.#context.calls += this.#callPlan.calls(candidate)
    const patience = this.#patience(candidate, remaining)
    const call = (onSent: () => void) => this.#callPlan.call(candidate, signal, patience, onSent, hold.maxTokens)
    return new Attempt(this.#shared, candidate, remaining, call, signal, hold, kind)
  }

  #patience({ endpoint }: Candidate, remaining: readonly Candidate[]): Patience {
    const { health, firstTokenMs } = this.#dependencies
    const awaited = { ...this.#callPlan, stream: this.#callPlan.streams(endpoint) }
    return patienceFor(endpoint, remaining, awaited, { firstTokenMs, leftMs: this.#leftMs() }, health)
  }

  #leftMs(): number {
    return this.#context.deadline - this.#dependencies.clock.monotonic()
  }
}

/**
 * Returns a controller that aborts with this signal. It is a function of its own because the listener lives as long as the client's
 * connection, and a closure keeps everything that the other closures of its scope use.
 */
function abortedWith(signal: AbortSignal): AbortController {
  const controller = new AbortController()
  if (signal.aborted) controller.abort()
  else signal.addEventListener('abort', () => controller.abort(), { once: true })
  return controller
}
