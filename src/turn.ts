import type { GatewayError } from './canonical/errors.ts'
import type { GenerationContext } from './canonical/generation-context.ts'
import { type CallStream, commits, type TurnBatch, type TurnStream } from './canonical/generation-event.ts'
import type { GenerationRequest } from './canonical/generation-request.ts'
import type { Hold } from './canonical/hold.ts'
import type { Turn } from './canonical/turn.ts'
import type { Endpoint } from './catalog/endpoint.ts'
import { billableRequest } from './ledger/billable-request.ts'
import { type BillTools, TurnBilling } from './ledger/turn-billing.ts'
import type { Reserve } from './ledger/reserve.ts'
import { type Ask, attemptLoop } from './attempts/attempt-loop.ts'
import { type CallEndpoint, callsOf } from './health/candidate.ts'
import type { Learn } from './router/routing-feedback.ts'
import { prepareAttempt } from './attempts/prepare-attempt.ts'
import { type Rescue, type RescueTools, withRescue } from './attempts/rescue/with-rescue.ts'
import type { Resolution } from './router/resolve/resolve.ts'
import type { Route } from './router/route.ts'

export interface TurnTools extends RescueTools, BillTools {
  readonly route: (request: GenerationRequest, resolution: Resolution, account: string) => Route
  readonly learn: Learn
  readonly reserve: Reserve
  readonly callEndpoint: CallEndpoint
}

/** Makes the turns of a generation whose models are resolved: route → reserve → attempts → rescue → bill. */
export const createTurn =
  (tools: TurnTools) =>
  (resolution: Resolution): Turn =>
  (request, context) =>
    relay(begin(tools, resolution, request, context))

/** What is left of a turn once an endpoint answers. It holds no part of the prompt: a stream may last for minutes. */
interface Begun {
  readonly billing: TurnBilling
  readonly hold: Hold<Endpoint> | null
  readonly first: TurnBatch
  readonly rest: CallStream
}

async function begin(
  tools: TurnTools,
  resolution: Resolution,
  request: GenerationRequest,
  context: GenerationContext,
): Promise<Begun> {
  const route = tools.route(request, resolution, context.principal.account)
  context.route = route
  const billing = new TurnBilling(tools, billableRequest(request, route.estimatedTokens), context)
  const refused = (error: GatewayError, hold: Hold<Endpoint> | null = null): Begun => ({
    billing,
    hold,
    first: billing.refuse(error),
    rest: nothing,
  })
  if (route.error !== null) return refused(route.error)

  const reservation = await tools.reserve(context)
  if (reservation.type === 'refused') return refused(reservation.error)
  const { hold } = reservation

  const ask = asked(tools.callEndpoint, request, route.choices, hold)
  const outcome = await attemptLoop(route, ask, context, tools)
  for (const unheard of outcome.unheard) billing.charge(unheard)
  if (outcome.type === 'exhausted') return refused(outcome.error, hold)
  const { endpoint } = outcome.candidate
  billing.serve(endpoint, outcome.entry, tools.learn(route, endpoint))
  const { first, rest } = withRescue(outcome, request, rescueOf(tools, route, context, billing, hold))
  return { billing, hold, first: billing.pass(first), rest }
}

/** Hands the batches on as they are billed. However the turn ends, what was reserved for it is given back. */
async function* relay(begun: Promise<Begun>): TurnStream {
  const { billing, hold, first, rest } = await begun
  try {
    if (first.length > 0) yield first
    for await (const batch of rest) yield billing.pass(batch)
  } finally {
    billing.abandon()
    hold?.release()
  }
}

/** A scope of its own: a closure holds all that its neighbours use, and a rescue must not hold the request where it is not wanted. */
const rescueOf = (
  tools: TurnTools,
  route: Route,
  context: GenerationContext,
  billing: TurnBilling,
  hold: Hold<Endpoint>,
): Rescue => ({
  tools,
  context,
  ask: (request) => asked(tools.callEndpoint, request, route.choices, hold),
  serve: (endpoint, entry, repeated) => {
    // The prompt of the call that takes over is not the one that was estimated.
    const learn = tools.learn({ session: route.session, estimatedTokens: null }, endpoint)
    billing.serve(endpoint, entry, learn, repeated)
  },
})

const asked = (
  callEndpoint: CallEndpoint,
  request: GenerationRequest,
  choices: Route['choices'],
  { cover }: Hold<Endpoint>,
): Ask => ({
  calls: ({ endpoint }) => callsOf(request, endpoint),
  call: (candidate, signal, patience, onSent) =>
    callEndpoint(candidate, prepareAttempt(request, candidate.endpoint, choices), signal, patience, onSent),
  cover,
  commits: commits[request.operation],
  stream: request.stream,
  maxTokens: request.parameters.maxTokens,
  reasoning: request.parameters.reasoning,
  tellsTier: request.parameters.serviceTier !== undefined,
})

const nothing: CallStream = {
  async *[Symbol.asyncIterator]() {},
}
