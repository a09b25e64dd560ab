import type { GenerationContext } from './canonical/generation-context.ts'
import type { GenerationBatch, GenerationStream } from './canonical/generation-event.ts'
import type { GenerationRequest } from './canonical/generation-request.ts'
import type { RouterMetadata } from './canonical/router-metadata.ts'
import type { Endpoint } from './catalog/endpoint.ts'
import { orderOf } from './ledger/order.ts'
import type { Settle } from './ledger/settle.ts'
import { Settlement } from './ledger/settlement.ts'
import { type Ask, attemptLoop } from './router/attempt-loop.ts'
import { type CallEndpoint, callsOf } from './router/candidate.ts'
import type { Learn } from './router/learn.ts'
import { prepareAttempt } from './router/prepare-attempt.ts'
import { type Rescue, type RescueTools, withRescue } from './router/rescue/rescue.ts'
import type { Route } from './router/route.ts'
import { describeRoute } from './router/router-metadata.ts'

export interface GenerateTools extends RescueTools {
  readonly route: (request: GenerationRequest, account: string) => Route
  readonly learn: Learn
  readonly callEndpoint: CallEndpoint
  readonly settle: Settle
}

/** The path of a request, from what the client asked to what it gets. Never throws: failures are events. */
export type Generate = (request: GenerationRequest, context: GenerationContext) => GenerationStream

/** The table of contents of the house: its numbers are the rungs of docs/lifecycle.md. Rungs 0–2, 5 and 6 are yet to come. */
export const createGenerate =
  (tools: GenerateTools): Generate =>
  (request, context) =>
    relay(answer(tools, request, context))

/** What is left of a request once it is answered. It holds no part of the prompt: a stream may last for minutes. */
interface Answer {
  readonly settlement: Settlement
  readonly first: GenerationBatch | Promise<GenerationBatch>
  readonly rest: AsyncIterable<GenerationBatch>
}

async function answer(tools: GenerateTools, request: GenerationRequest, context: GenerationContext): Promise<Answer> {
  // 3 route
  const route = tools.route(request, context.payer.account)
  if (route.stage !== undefined) context.pipeline.push(route.stage)
  const settlement = new Settlement(tools.settle, tools.clock, orderOf(request), context, describer(route, context))
  if (route.error !== null) return { settlement, first: settlement.refuse(route.error), rest: nothing }
  // 4 turn
  const turn = await attemptLoop(route, asked(tools.callEndpoint, request, route.choices), context, tools)
  for (const unheard of turn.unheard) settlement.charge(unheard)
  if (turn.candidate === null) return { settlement, first: settlement.refuse(turn.error), rest: nothing }
  const { endpoint } = turn.candidate
  settlement.serve(endpoint, turn.entry, tools.learn(route, endpoint))
  const { first, rest } = withRescue(turn, request, rescueOf(tools, route, context, settlement))
  return { settlement, first: settlement.pass(first), rest }
}

/** A scope of its own: a rescue lives as long as the stream, and must not hold the request where it is not wanted. */
const rescueOf = (tools: GenerateTools, route: Route, context: GenerationContext, settlement: Settlement): Rescue => ({
  tools,
  context,
  ask: (request) => asked(tools.callEndpoint, request, route.choices),
  serve: (endpoint, entry, repeated) => {
    // The prompt of one that takes over is another than was estimated.
    const learn = tools.learn({ session: route.session, estimatedTokens: null }, endpoint)
    settlement.serve(endpoint, entry, learn, repeated)
  },
})

const asked = (callEndpoint: CallEndpoint, request: GenerationRequest, choices: Route['choices']): Ask => ({
  calls: ({ endpoint }) => callsOf(request, endpoint),
  call: (candidate, signal, patience, onSent) =>
    callEndpoint(candidate, prepareAttempt(request, candidate.endpoint, choices), signal, patience, onSent),
  stream: request.stream,
  maxTokens: request.parameters.maxTokens,
  reasoning: request.parameters.reasoning,
  tellsTier: request.parameters.serviceTier !== undefined,
})

/** 7 settle: what passes is watched, and the last batch waits until it is on record. */
async function* relay(answered: Promise<Answer>): GenerationStream {
  const { settlement, first, rest } = await answered
  try {
    yield first
    for await (const batch of rest) yield settlement.pass(batch)
  } finally {
    await settlement.abandon()
  }
}

/** A scope of its own: a closure holds all that its neighbours use, and one of them needs the request. */
const describer =
  (route: Route, context: GenerationContext) =>
  (endpoint: Endpoint | null): RouterMetadata =>
    describeRoute(route, context, endpoint)

const nothing: AsyncIterable<GenerationBatch> = {
  async *[Symbol.asyncIterator]() {},
}
