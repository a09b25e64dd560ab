import { GatewayError } from '../canonical/errors.ts'
import type { AttemptKind, GenerationContext } from '../canonical/generation-context.ts'
import type { CallEvent, CallStream } from '../canonical/generation-event.ts'
import type { Endpoint } from '../catalog/endpoint.ts'
import type { Happenings } from '../canonical/happening.ts'
import { sleep } from '../util/sleep.ts'
import { Attempt, type AttemptLog, type Committed, type Failure, type Unheard } from './attempt.ts'
import type { Candidate, Patience } from '../health/candidate.ts'
import type { HealthView, ReplyView } from '../health/endpoint-health.ts'
import { callsUsedUp, explainExhaustion } from './explain-exhaustion.ts'
import type { HedgePlan, Hedges } from './hedges.ts'
import { type Awaited, patienceFor } from './patience.ts'
import { race, type Runner } from './race.ts'
import { againAfter, worthTrying } from './retry-policy.ts'
import { ReturnVisits } from './delayed-retries.ts'
import type { Route } from '../router/route.ts'

export interface AttemptTools extends Pick<AttemptLog, 'clock' | 'price'> {
  /** Uniform in [0, 1). */
  readonly chance: () => number
  /** Milliseconds that the first token of the last candidate's stream is waited for. */
  readonly firstTokenMs: number
  /** Calls to providers that one request may make, all in all. */
  readonly mostCalls: number
  readonly health: HealthView & ReplyView
  readonly hedges: Hedges
  readonly happenings: Happenings
}

/** What is asked of whichever endpoint is tried. */
export interface Ask extends Awaited {
  /** How many calls to its provider one call to a candidate comes to. */
  readonly calls: (candidate: Candidate) => number
  /** Whether a further call to this endpoint can be paid. */
  readonly cover: (endpoint: Endpoint) => boolean
  /** Starts a call to one endpoint, as `CallEndpoint` does. */
  readonly call: (candidate: Candidate, signal: AbortSignal, patience: Patience, onSent: () => void) => CallStream
  /** Which event commits an answer: after it, no other endpoint may answer. */
  readonly commits: (event: CallEvent) => boolean
  /** Whether the client asked for a service tier, and so is told which one serves. */
  readonly tellsTier: boolean
}

/** What was said besides the answer, and is paid for like it. */
interface WithUnheard {
  readonly unheard: readonly Unheard[]
}

export interface Answered extends Committed, WithUnheard {}

/** Nobody answered. */
export interface Exhausted extends WithUnheard {
  readonly type: 'exhausted'
  readonly error: GatewayError
}

/**
 * Calls candidates one after the other until one commits, i.e. sends its first content event; after that there is no silent
 * second attempt, so the loop ends there. Every candidate starts from the untouched request (principles 4 and 5).
 */
export async function attemptLoop(
  { candidates, fallbacks }: Pick<Route, 'candidates' | 'fallbacks'>,
  ask: Ask,
  context: GenerationContext,
  tools: AttemptTools,
): Promise<Answered | Exhausted> {
  const { clock, chance, health, hedges } = tools
  const caller = new Caller(ask, context, tools)
  const failures: Failure[] = []
  const visits = new ReturnVisits()
  let remaining = candidates
  let isUsedUp = false
  while (caller.inTime()) {
    const visit = visits.take(remaining)
    if (visit !== null) {
      if (caller.affords(visit.candidate)) await caller.pause(visit.dueAt - clock.monotonic())
      remaining = [visit.candidate, ...remaining]
      continue
    }
    const [candidate, ...others] = remaining
    if (candidate === undefined) break
    remaining = others
    if (!caller.affords(candidate)) {
      isUsedUp ||= !caller.withinCalls(candidate)
      continue
    }
    for (let tries = 1; caller.inTime(); tries++) {
      const begunAt = clock.monotonic()
      const plan = ask.stream ? hedges.plan(candidate, others, health, begunAt) : null
      const outcome =
        plan === null
          ? await caller.start(candidate, others).outcome
          : await hedged(caller, candidate, others, plan, hedges)
      if (outcome.type === 'committed') return { ...outcome, unheard: unheardOf(failures) }
      const failed = outcome.type === 'failure' ? [outcome] : outcome.failures
      failures.push(...failed)
      const tookMs = clock.monotonic() - begunAt
      const mayTryAgain = outcome.type === 'failure' && caller.affords(candidate)
      const pauseMs = mayTryAgain ? againAfter(outcome.retry, tries, tookMs, chance) : null
      if (pauseMs === null) {
        remaining = moveOn(remaining, failed, visits, tools)
        break
      }
      await caller.pause(pauseMs)
    }
  }
  const unfit = failures.find((failure) => failure.unfit !== undefined)
  // What does not fit is better than nothing.
  if (unfit?.unfit !== undefined && !context.signal.aborted) return { ...unfit.unfit(), unheard: [] }
  const note = isUsedUp ? ` ${callsUsedUp(tools.mostCalls)}` : ''
  const error =
    failures.length > 0
      ? explainExhaustion(failures, fallbacks, note)
      : new GatewayError(caller.inTime() ? 'payment_required' : 'timeout')
  return { type: 'exhausted', error, unheard: unheardOf(failures) }
}

/** Of two calls that the client left behind, the one that began first is paid. */
function unheardOf(failures: readonly Failure[]): readonly Unheard[] {
  const unfit = failures.flatMap((failure) => (failure.unfit === undefined ? [] : (failure.unheard ?? [])))
  const [left] = failures
    .flatMap((failure) => (failure.unfit === undefined ? (failure.unheard ?? []) : []))
    .toSorted((one, other) => one.entry.startedAt - other.entry.startedAt)
  return left === undefined ? unfit : [...unfit, left]
}

/** The second call is made only where the first turns out to be late. */
function hedged(
  caller: Caller,
  candidate: Candidate,
  others: readonly Candidate[],
  { delayMs, rival }: HedgePlan,
  hedges: Hedges,
): ReturnType<typeof race> {
  return race(caller.startApart(candidate, others), delayMs, () =>
    caller.inTime() && caller.affords(rival) && hedges.spend(candidate.endpoint.provider)
      ? caller.startApart(
          rival,
          others.filter((other) => other !== rival),
          'hedge',
        )
      : null,
  )
}

/** What is left after a failure, or two; whether a failed endpoint is worth another visit is noted, unless the other says no. */
function moveOn(
  remaining: readonly Candidate[],
  failed: readonly Failure[],
  visits: ReturnVisits,
  { clock, chance }: AttemptTools,
): readonly Candidate[] {
  const rules = failed.map(({ retry, candidate }) => worthTrying(retry, candidate))
  const isWorthTrying = (candidate: Candidate): boolean => rules.every((rule) => rule(candidate))
  visits.keep(isWorthTrying)
  for (const [index, failure] of failed.entries()) {
    const others = rules.toSpliced(index, 1)
    if (others.every((rule) => rule(failure.candidate))) visits.note(failure, clock.monotonic(), chance)
  }
  return remaining.filter(isWorthTrying)
}

/** Starts the calls of one generation, and knows how much time it has left. */
export class Caller {
  readonly #ask: Ask
  readonly #context: GenerationContext
  readonly #tools: AttemptTools
  readonly #log: AttemptLog

  constructor(ask: Ask, context: GenerationContext, tools: AttemptTools) {
    this.#ask = ask
    this.#context = context
    this.#tools = tools
    const { tellsTier, stream, commits } = ask
    const { clock, price, happenings } = tools
    this.#log = { context, clock, price, happenings, echoes: new Map(), tellsTier, stream, commits }
  }

  inTime(): boolean {
    return !this.#context.signal.aborted && this.#leftMs() > 0
  }

  /** Whether a call to this candidate is within the calls that the request may make, and can be paid. */
  affords(candidate: Candidate): boolean {
    return this.withinCalls(candidate) && this.#ask.cover(candidate.endpoint)
  }

  withinCalls(candidate: Candidate): boolean {
    return this.#context.calls + this.#ask.calls(candidate) <= this.#tools.mostCalls
  }

  /** Waits, but not beyond the time that is left. */
  pause(ms: number): Promise<void> {
    return sleep(Math.max(0, Math.min(ms, this.#leftMs())), this.#context.signal)
  }

  start(
    candidate: Candidate,
    remaining: readonly Candidate[],
    signal = this.#context.signal,
    kind?: AttemptKind,
  ): Attempt {
    this.#context.calls += this.#ask.calls(candidate)
    const patience = this.#patience(candidate, remaining)
    const call = (onSent: () => void) => this.#ask.call(candidate, signal, patience, onSent)
    return new Attempt(this.#log, candidate, remaining, call, signal, kind)
  }

  /** An attempt that can be aborted by itself. */
  startApart(candidate: Candidate, remaining: readonly Candidate[], kind?: AttemptKind): Runner {
    const controller = abortedWith(this.#context.signal)
    return { attempt: this.start(candidate, remaining, controller.signal, kind), controller }
  }

  #patience({ endpoint }: Candidate, remaining: readonly Candidate[]): Patience {
    const { health, firstTokenMs } = this.#tools
    return patienceFor(endpoint, remaining, this.#ask, { firstTokenMs, leftMs: this.#leftMs() }, health)
  }

  #leftMs(): number {
    return this.#context.deadline - this.#tools.clock.monotonic()
  }
}

/** A scope of its own: the listener lives as long as the client's connection, and a closure holds all that its neighbours use. */
function abortedWith(signal: AbortSignal): AbortController {
  const controller = new AbortController()
  if (signal.aborted) controller.abort()
  else signal.addEventListener('abort', () => controller.abort(), { once: true })
  return controller
}
