import type { GenerationContext } from './canonical/generation-context.ts'
import type { GenerationStream } from './canonical/generation-event.ts'
import type { GenerationRequest } from './canonical/generation-request.ts'
import { Settlement, type Settle } from './ledger/settlement.ts'
import { attemptLoop, type AttemptTools } from './router/attempt-loop.ts'
import type { CallEndpoint } from './router/candidate.ts'
import type { Route } from './router/route.ts'
import { describeRoute } from './router/router-metadata.ts'

export interface GenerateTools extends AttemptTools {
  readonly route: (request: GenerationRequest) => Route
  readonly callEndpoint: CallEndpoint
  readonly settle: Settle
}

/** The path of a request, from what the client asked to what it gets. Never throws: failures are events. */
export type Generate = (request: GenerationRequest, context: GenerationContext) => GenerationStream

/** The table of contents of the house: its numbers are the rungs of docs/lifecycle.md. Rungs 0–2, 5 and 6 are yet to come. */
export function createGenerate(tools: GenerateTools): Generate {
  return async function* generate(request, context) {
    // 3 route
    const route = tools.route(request)
    const settlement = new Settlement(tools.settle, tools.clock, request, context, (endpoint) =>
      describeRoute(route, context, endpoint),
    )
    try {
      if (route.error !== null) {
        yield settlement.refuse(route.error)
        return
      }
      // 4 turn
      const call = (candidate: Parameters<CallEndpoint>[0]) => tools.callEndpoint(candidate, request, context.signal)
      const turn = await attemptLoop(route.candidates, call, context, tools)
      if (turn.endpoint === null) {
        if (!context.signal.aborted) yield settlement.refuse(turn.error)
        return
      }
      // 7 settle: what passes is watched, and the last batch waits until it is on record
      settlement.serve(turn.endpoint, turn.entry)
      yield settlement.pass(turn.first)
      for await (const batch of turn.rest) yield settlement.pass(batch)
    } finally {
      await settlement.abandon()
    }
  }
}
