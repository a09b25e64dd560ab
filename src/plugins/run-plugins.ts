import { GatewayError } from '../canonical/errors.ts'
import type { FeatureContext } from '../canonical/feature-context.ts'
import type { GenerationContext } from '../canonical/generation-context.ts'
import { type AnswerEvent, goesOn, isAnswer, type TurnBatch, type TurnStream } from '../canonical/generation-event.ts'
import { type GenerationRequest, isTextRequest, type TextRequest } from '../canonical/generation-request.ts'
import type { OfferedEndpoint, OfferedModel } from '../canonical/offered-model.ts'
import type { AccountPlugin, PluginRequest } from '../canonical/plugin-request.ts'
import type { Turn } from '../canonical/turn.ts'
import type { Plugin, PluginRun } from './plugin.ts'

/** The plugins of a gateway: the registry, and what the accounts have set. */
export interface Plugins {
  readonly registry: readonly Plugin[]
  readonly ofAccount: (account: string) => readonly AccountPlugin[]
}

/** Candidates of any kind, as long as their endpoints are known. */
type Narrow = <Candidate extends { readonly endpoint: OfferedEndpoint }>(
  candidates: readonly Candidate[],
  request: GenerationRequest,
) => readonly Candidate[]

/** A plugin at work, with its id. */
interface NamedRun {
  readonly id: string
  readonly run: PluginRun
}

/** The plugins that run on one request. A request without plugins has none of these. */
export class RunningPlugins {
  readonly #named: readonly NamedRun[]
  readonly #runs: readonly PluginRun[]

  constructor(named: readonly NamedRun[]) {
    this.#named = named
    this.#runs = named.map(({ run }) => run)
  }

  /** Changes the request before the first turn. Each plugin gets what the one before it returned. */
  async prepare(request: TextRequest, context: FeatureContext): Promise<TextRequest> {
    let prepared = request
    for (const named of this.#named) {
      if (named.run.onRequest !== undefined) prepared = await onRequest(named, prepared, context)
    }
    return prepared
  }

  /** Returns the function for the turns, with the plugins that change the request of each. */
  aroundTurns(turn: Turn, context: FeatureContext): Turn {
    const hooks = this.#runs.filter(({ onTurn }) => onTurn !== undefined)
    if (hooks.length === 0) return turn
    return (request, generation) =>
      turn(
        isTextRequest(request)
          ? hooks.reduce((changed, run) => run.onTurn?.(changed, context) ?? changed, request)
          : request,
        generation,
      )
  }

  /** Narrows the candidates of a turn; undefined where no plugin does. */
  get narrow(): Narrow | undefined {
    const hooks = this.#runs.filter(({ onCandidates }) => onCandidates !== undefined)
    if (hooks.length === 0) return undefined
    return (candidates, request) =>
      isTextRequest(request)
        ? hooks.reduce((left, run) => run.onCandidates?.(left, request) ?? left, candidates)
        : candidates
  }

  /** Passes the events of the answer through the plugins, in the opposite order. */
  relay(events: TurnStream, context: FeatureContext, stream: boolean): TurnStream {
    let relayed = events
    for (const run of this.#runs.toReversed()) {
      if (run.onEvents !== undefined) relayed = run.onEvents(relayed, context)
      if (run.onResult !== undefined && !stream) relayed = withResult(relayed, run, context)
    }
    return relayed
  }
}

/** Has a plugin change the request, and notes how long it took. */
async function onRequest({ id, run }: NamedRun, request: TextRequest, context: FeatureContext): Promise<TextRequest> {
  const { clock, generation } = context
  const startedAt = clock.monotonic()
  let failed = true
  try {
    const prepared = (await run.onRequest?.(request, context)) ?? request
    failed = false
    return prepared
  } finally {
    generation.noteStep({ type: 'plugin', name: id, startedAt, endedAt: clock.monotonic(), failed })
  }
}

/**
 * Starts the plugins of a request: those that it names, those of the account, and those that run by default. Null where there are none, and
 * for what is no request for text.
 * @param added The plugins that the model's slug stands for, as `:online` does.
 */
export function startPlugins(
  { registry, ofAccount }: Plugins,
  request: GenerationRequest,
  account: string,
  choices: readonly OfferedModel[],
  added: readonly PluginRequest[] = [],
): RunningPlugins | null {
  if (!isTextRequest(request)) return null
  const chosen = chosenPlugins([...(request.plugins ?? []), ...added], ofAccount(account))
  const runs = registry.flatMap((plugin) => {
    const choice = chosen.get(plugin.id)
    const runs = choice?.enabled ?? plugin.runsByDefault?.(request, choices) ?? false
    return runs && plugin.start !== undefined ? [{ id: plugin.id, run: plugin.start(choice?.settings ?? {}) }] : []
  })
  return runs.length === 0 ? null : new RunningPlugins(runs)
}

/** Returns the routing preferences that plugins of the request and of the account set. */
export function withPreferences(
  { registry, ofAccount }: Plugins,
  request: GenerationRequest,
  account: string,
): GenerationRequest {
  if (!isTextRequest(request)) return request
  const defaults = ofAccount(account)
  if (request.plugins === undefined && defaults.length === 0) return request
  const chosen = chosenPlugins(request.plugins ?? [], defaults)
  const preferences = registry.flatMap((plugin) => {
    const choice = chosen.get(plugin.id)
    return choice?.enabled === true ? (plugin.prefer?.(choice.settings) ?? []) : []
  })
  if (preferences.length === 0) return request
  return { ...request, routing: Object.assign({}, request.routing, ...preferences) }
}

/**
 * Merges what the request and the account say. The request takes precedence, unless the account prevents overrides (contract §1.3). Of
 * several entries for one plugin in a request, the first counts.
 */
function chosenPlugins(
  ofRequest: readonly PluginRequest[],
  ofAccount: readonly AccountPlugin[],
): ReadonlyMap<string, PluginRequest> {
  const chosen = new Map<string, PluginRequest>()
  for (const plugin of ofAccount) if (plugin.preventOverrides) chosen.set(plugin.id, plugin)
  for (const plugin of ofRequest) if (!chosen.has(plugin.id)) chosen.set(plugin.id, plugin)
  for (const plugin of ofAccount) if (!chosen.has(plugin.id)) chosen.set(plugin.id, plugin)
  return chosen
}

/** Holds an answer until it is complete, and gives it to the plugin as a whole. An answer that breaks off is passed on as it is. */
async function* withResult(events: TurnStream, run: PluginRun, context: FeatureContext): TurnStream {
  const answer: AnswerEvent[] = []
  for await (const batch of events) {
    answer.push(...batch.filter(isAnswer))
    if (goesOn(batch)) continue
    const last = batch.at(-1)
    const isComplete = last?.type === 'turn-end'
    const changed = isComplete ? ((await run.onResult?.(answer, context)) ?? answer) : answer
    yield last === undefined ? changed : [...changed, last]
  }
}

/**
 * Returns the only batch of a request that a plugin or a tool refused, or whose client left meanwhile. Anything else than a GatewayError is
 * a fault, and is thrown on.
 */
export function refusal(thrown: unknown, { signal }: GenerationContext): TurnBatch {
  const error = signal.aborted ? new GatewayError('timeout', 'The request was cancelled.') : thrown
  if (!(error instanceof GatewayError)) throw error
  return [{ type: 'error', error, retry: { scope: 'never' } }]
}
