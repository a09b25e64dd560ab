import type { Facilities, FeatureContext } from './canonical/feature-context.ts'
import type { GenerationContext } from './canonical/generation-context.ts'
import type { GenerationStream, TurnStream } from './canonical/generation-event.ts'
import { type GenerationRequest, isTextRequest, type TextRequest } from './canonical/generation-request.ts'
import type { HoldFee } from './canonical/hold.ts'
import type { AdmittedEndpoint } from './canonical/offered-model.ts'
import type { Caller } from './canonical/principal.ts'
import type { Generate, Turn } from './canonical/turn.ts'
import type { Presets } from './guardrails/open-presets.ts'
import type { CollectContent } from './ledger/collect-content.ts'
import { recordedRequest } from './ledger/recorded-request.ts'
import type { Settle } from './ledger/settle.ts'
import { Settlement } from './ledger/settlement.ts'
import { type Plugins, refusal, type RunningPlugins, startPlugins, withPreferences } from './plugins/run-plugins.ts'
import type { ResponseCache } from './response-cache/response-cache.ts'
import type { Resolution } from './router/resolve/resolve.ts'
import type { EndUserId } from './secrets/end-user-id.ts'
import { hasServerTools, type ServerToolRegistry, toolLoop } from './server-tools/tool-loop.ts'
import type { TurnPlan } from './turn.ts'

/** What a generation is given. */
export interface GenerateDependencies {
  readonly presets: Pick<Presets, 'apply'>
  /** Resolves the slugs in `model` and `models`. */
  readonly resolve: (request: GenerationRequest, caller: Caller) => Resolution
  /** Lists the endpoints that a request of any length may be sent to. */
  readonly admit: (request: GenerationRequest, resolution: Resolution, caller: Caller) => readonly AdmittedEndpoint[]
  /** Makes the function that carries out the turns of a generation whose models are resolved. */
  readonly turn: (plan: TurnPlan) => Turn
  readonly plugins: Plugins
  readonly serverTools: ServerToolRegistry
  readonly facilities: Facilities
  readonly responseCache: Pick<ResponseCache, 'around'>
  readonly settle: Settle
  readonly holdFee: (context: GenerationContext) => HoldFee
  /** Collects the content of a generation for the readers that want it. */
  readonly collect: CollectContent
  /** What upstreams are told of an end user. */
  readonly endUserId: EndUserId
}

/**
 * Makes the path of a request, which is the table of contents of the code. The numbers are the rungs of docs/lifecycle.md.
 */
export function createGenerate(dependencies: GenerateDependencies): Generate {
  const generate: Generate = (asked, context) => {
    const { account } = context.principal
    // 0 resolve
    const complete = dependencies.presets.apply(asked, account)
    const named = withUpstreamUser(complete, account, dependencies.endUserId)
    const preferred = withPreferences(dependencies.plugins, named, account)
    const resolution = dependencies.resolve(preferred, context.principal)
    if (resolution.stage !== undefined) context.pipeline.push(resolution.stage)
    const request = withTools(preferred, resolution)
    const choices = resolution.choices.map(({ model }) => model)
    const plugins = startPlugins(dependencies.plugins, request, account, choices, resolution.plugins)
    // 4 turn
    const turn = dependencies.turn({ resolution, narrow: plugins?.narrow })
    const take = (): TurnStream =>
      !isTextRequest(request) || (plugins === null && !hasServerTools(request))
        ? turn(request, context)
        : withFeatures(request, featureContext(), turn, plugins)
    // 1 response cache
    const turns = dependencies.responseCache.around(request, context, take)
    // 6 settle
    const answer = settled(turns, new Settlement(dependencies.settle, recordedRequest(request), context))
    return dependencies.collect(answer, asked, context)

    function featureContext(): FeatureContext {
      return {
        ...dependencies.facilities,
        generation: context,
        holdFee: dependencies.holdFee(context),
        choices,
        admit,
        canAsk,
        ask,
      }
    }
    function admit(candidate: GenerationRequest): readonly AdmittedEndpoint[] {
      return dependencies.admit(candidate, resolution, context.principal)
    }
    function canAsk(question: GenerationRequest): boolean {
      const { principal } = context
      return dependencies.admit(question, dependencies.resolve(question, principal), principal).length > 0
    }
    function ask(question: GenerationRequest, tool: string, signal: AbortSignal): GenerationStream {
      return generate(question, context.child(tool, signal))
    }
  }

  /** The rungs of a request with plugins or server tools. */
  async function* withFeatures(
    request: TextRequest,
    context: FeatureContext,
    turn: Turn,
    plugins: RunningPlugins | null,
  ): TurnStream {
    try {
      // 2 plugins on the request
      const prepared = (await plugins?.prepare(request, context)) ?? request
      // 3 tool loop
      const eachTurn = plugins?.aroundTurns(turn, context) ?? turn
      const turns = hasServerTools(prepared)
        ? toolLoop(prepared, dependencies.serverTools, context, eachTurn)
        : eachTurn(prepared, context.generation)
      // 5 plugins on the answer
      yield* plugins?.relay(turns, context, prepared.stream) ?? turns
    } catch (error) {
      yield refusal(error, context.generation)
    }
  }

  return generate
}

/** The client's own name for its user goes on record, and never to an upstream. */
function withUpstreamUser(request: GenerationRequest, account: string, endUserId: EndUserId): GenerationRequest {
  const { user } = request.context
  if (user === undefined) return request
  return { ...request, context: { ...request.context, upstreamUser: endUserId(account, user) } }
}

/** Adds the tools that the slug of a router model stands for. The first turn calls the first of them, unless the client chose a tool itself. */
function withTools(request: GenerationRequest, { tools }: Resolution): GenerationRequest {
  const [first] = tools ?? []
  if (tools === undefined || first === undefined || request.operation !== 'chat') return request
  const { parameters } = request
  const toolChoice = parameters.toolChoice ?? { name: first.name }
  return { ...request, parameters: { ...parameters, tools: [...(parameters.tools ?? []), ...tools], toolChoice } }
}

/** Passes the batches of the turns on. The last batch is passed on once the generation is recorded. */
async function* settled(turns: TurnStream, settlement: Settlement): GenerationStream {
  try {
    for await (const batch of turns) yield settlement.pass(batch)
  } finally {
    await settlement.abandon()
  }
}
