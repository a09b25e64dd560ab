import { GatewayError } from './canonical/errors.ts'
import type { GenerationContext } from './canonical/generation-context.ts'
import { type CallStream, commits, goesOn, type TurnBatch, type TurnStream } from './canonical/generation-event.ts'
import type { GenerationRequest } from './canonical/generation-request.ts'
import type { Hold } from './canonical/hold.ts'
import { traceHeaders } from './canonical/trace-context.ts'
import type { Caller } from './canonical/principal.ts'
import type { Turn } from './canonical/turn.ts'
import type { Endpoint } from './catalog/endpoint.ts'
import { billableRequest } from './ledger/billable-request.ts'
import { type BillingDependencies, TurnBilling } from './ledger/turn-billing.ts'
import type { Reserve } from './ledger/reserve.ts'
import { demandOf } from './ledger/worst-case.ts'
import { type CallPlan, attemptLoop } from './attempts/attempt-loop.ts'
import { type CallEndpoint, type Candidate, callsOf } from './health/candidate.ts'
import type { RoutingFeedback } from './router/routing-feedback.ts'
import { prepareAttempt, streamsOf } from './attempts/prepare-attempt.ts'
import { type Rescue, type RescueDependencies, withRescue } from './attempts/rescue/with-rescue.ts'
import type { Resolution } from './router/resolve/resolve.ts'
import type { Route } from './router/route.ts'

/** What a turn is given. */
export interface TurnDependencies extends RescueDependencies, BillingDependencies {
  readonly route: (
    request: GenerationRequest,
    resolution: Resolution,
    caller: Caller,
    previousEndpointId?: string | null,
  ) => Route
  readonly feedback: RoutingFeedback
  readonly reserve: Reserve
  readonly callEndpoint: CallEndpoint
}

/** What the turns of one generation share. */
export interface TurnPlan {
  readonly resolution: Resolution
  /** Narrows or sorts the candidates, for plugins. It may throw a GatewayError. */
  readonly narrow?: (candidates: readonly Candidate[], request: GenerationRequest) => readonly Candidate[]
}

/** Makes the function that carries out the turns of a generation whose models are resolved: route → reserve → attempts → rescue → bill. */
export const createTurn =
  (dependencies: TurnDependencies) =>
  (plan: TurnPlan): Turn =>
  (request, context) =>
    relay(begin(dependencies, plan, request, context))

/**
 * The part of a turn that stays in memory once an endpoint answers. It holds no part of the prompt, because a stream may last for
 * minutes.
 */
interface Begun {
  readonly billing: TurnBilling
  readonly hold: Hold<Endpoint> | null
  readonly first: TurnBatch
  readonly rest: CallStream
}

async function begin(
  dependencies: TurnDependencies,
  plan: TurnPlan,
  request: GenerationRequest,
  context: GenerationContext,
): Promise<Begun> {
  const { principal, createdAt } = context
  const previousEndpointId = context.turns.at(-1)?.endpoint?.id ?? null
  const routed = dependencies.route(request, plan.resolution, principal, previousEndpointId)
  const route = plan.narrow === undefined ? routed : narrowed(routed, plan.narrow, request)
  context.route = route
  context.beginTurn()
  const billable = billableRequest(request, route.estimatedTokens)
  const billing = new TurnBilling(dependencies, billable, context)
  const refused = (error: GatewayError, hold: Hold<Endpoint> | null = null): Begun => ({
    billing,
    hold,
    first: billing.refuse(error),
    rest: nothing,
  })
  if (route.error !== null) return refused(route.error)

  if (route.candidates.some(({ endpoint }) => endpoint.byok !== undefined)) {
    await dependencies.byokFees.ready(principal.account, createdAt)
  }
  const endpoints = route.candidates.map(({ endpoint }) => endpoint)
  const reservation = await dependencies.reserve(context, endpoints, demandOf(request, billable))
  if (reservation.type === 'refused') return refused(reservation.error)
  const { hold } = reservation

  const callPlan = callPlanOf(dependencies.callEndpoint, request, context, route.choices, hold)
  const outcome = await attemptLoop(route, callPlan, context, dependencies)
  for (const undelivered of outcome.undelivered) billing.charge(undelivered)
  if (outcome.type === 'exhausted') return refused(outcome.error, hold)
  if (outcome.beaten !== undefined) billing.lose(outcome.beaten)
  const { endpoint } = outcome.candidate
  billing.serve(endpoint, outcome.entry, outcome.hold, dependencies.feedback(route, endpoint))
  const { first, rest } = withRescue(outcome, request, rescueOf(dependencies, route, context, billing, hold))
  return { billing, hold, first: billing.pass(first), rest }
}

/** Applies what plugins want of the candidates. */
function narrowed(route: Route, narrow: NonNullable<TurnPlan['narrow']>, request: GenerationRequest): Route {
  if (route.error !== null) return route
  try {
    const candidates = narrow(route.candidates, request)
    return candidates.length > 0 ? { ...route, candidates } : { ...route, candidates, error: noneSuits() }
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error
    return { ...route, candidates: [], error }
  }
}

const noneSuits = (): GatewayError =>
  new GatewayError('not_found', 'No endpoint of the requested models suits the plugins of the request.')

/** Bills the batches and passes them on. However the turn ends, what was reserved for it is released. */
async function* relay(beginning: Promise<Begun>): TurnStream {
  const begun = await beginning
  const { billing, hold, first, rest } = begun
  try {
    let isCut = false
    if (first.length > 0) {
      const batch = within(begun, first)
      isCut = batch !== first
      yield batch
    }
    for await (const batch of rest) {
      if (isCut) return
      const billed = billing.pass(batch)
      const next = within(begun, billed)
      isCut = next !== billed
      yield next
      if (isCut) return
    }
  } finally {
    billing.abandon()
    hold?.release()
  }
}

/**
 * Ends an answer for which no more can be held with the error of the limit. What was reserved is released before the last batch is passed
 * on, so that the next request sees what this one cost.
 */
function within({ billing, hold }: Begun, batch: TurnBatch): TurnBatch {
  const isCut = hold !== null && goesOn(batch) && !billing.keepUp(batch)
  const next = isCut ? billing.cut(batch, hold.refusal()) : batch
  if (!goesOn(next)) hold?.release()
  return next
}

/**
 * Makes what stream rescue needs. It is a function of its own because a closure keeps everything that the other closures of its scope use,
 * and a rescue must not keep the request in memory where it is switched off.
 */
const rescueOf = (
  dependencies: TurnDependencies,
  route: Route,
  context: GenerationContext,
  billing: TurnBilling,
  hold: Hold<Endpoint>,
): Rescue => ({
  dependencies,
  context,
  callPlan: (request) => callPlanOf(dependencies.callEndpoint, request, context, route.choices, hold),
  serve: (endpoint, entry, callHold, repeated) => {
    // The call that takes over has another prompt than the one that was estimated.
    const reportUsage = dependencies.feedback({ session: route.session, estimatedTokens: null }, endpoint)
    billing.serve(endpoint, entry, callHold, reportUsage, repeated)
  },
})

const callPlanOf = (
  callEndpoint: CallEndpoint,
  request: GenerationRequest,
  context: GenerationContext,
  choices: Route['choices'],
  hold: Hold<Endpoint>,
): CallPlan => ({
  calls: ({ endpoint }) => callsOf(request, endpoint),
  call: (candidate, signal, patience, onSent, maxTokens) =>
    callEndpoint(
      candidate,
      traced(prepareAttempt(request, candidate.endpoint, choices, maxTokens), context),
      signal,
      patience,
      onSent,
    ),
  hold,
  commits: commits[request.operation],
  streams: streamsOf(request),
  maxTokens: request.parameters.maxTokens,
  reasoning: request.parameters.reasoning,
  reportsTier: request.parameters.serviceTier !== undefined,
})

/** Adds the headers that tell the upstream of the trace, whose parent is the call that begins now, and so the newest attempt. */
function traced(request: GenerationRequest, { trace, attempts }: GenerationContext): GenerationRequest {
  const spanId = attempts.at(-1)?.spanId
  if (trace?.isPropagated !== true || spanId === undefined) return request
  return { ...request, context: { ...request.context, upstreamTrace: traceHeaders(trace, spanId) } }
}

const nothing: CallStream = {
  async *[Symbol.asyncIterator]() {},
}
