import type { GenerationStream, TurnStream } from './canonical/generation-event.ts'
import type { GenerationRequest } from './canonical/generation-request.ts'
import type { Generate, Turn } from './canonical/turn.ts'
import { recordedRequest } from './ledger/recorded-request.ts'
import type { Settle } from './ledger/settle.ts'
import { Settlement } from './ledger/settlement.ts'
import type { Resolution } from './router/resolve/resolve.ts'
import type { EndUserId } from './secrets/end-user-id.ts'

/** What a generation is given. */
export interface GenerateDependencies {
  /** Resolves the slugs in `model` and `models`. */
  readonly resolve: (request: GenerationRequest, account: string) => Resolution
  /** Makes the function that carries out the turns of a generation whose models are resolved. */
  readonly turn: (resolution: Resolution) => Turn
  readonly settle: Settle
  /** What upstreams are told of an end user. */
  readonly endUserId: EndUserId
}

/**
 * Makes the path of a request, which is the table of contents of the code. The numbers are the rungs of docs/lifecycle.md, which also
 * lists the rungs that have no code yet.
 */
export const createGenerate =
  (dependencies: GenerateDependencies): Generate =>
  (asked, context) => {
    const request = withUpstreamUser(asked, context.principal.account, dependencies.endUserId)
    // 0 resolve
    const resolution = dependencies.resolve(request, context.principal.account)
    if (resolution.stage !== undefined) context.pipeline.push(resolution.stage)
    // 4 turn
    const turns = dependencies.turn(resolution)(request, context)
    // 6 settle
    return settled(turns, new Settlement(dependencies.settle, recordedRequest(request), context))
  }

/** The client's own name for its user goes on record, and never to an upstream. */
function withUpstreamUser(request: GenerationRequest, account: string, endUserId: EndUserId): GenerationRequest {
  const { user } = request.context
  if (user === undefined) return request
  return { ...request, context: { ...request.context, upstreamUser: endUserId(account, user) } }
}

/** Passes the batches of the turns on. The last batch is passed on once the generation is recorded. */
async function* settled(turns: TurnStream, settlement: Settlement): GenerationStream {
  try {
    for await (const batch of turns) yield settlement.pass(batch)
  } finally {
    await settlement.abandon()
  }
}
