import { type Static, type TObject, type TProperties, Type } from 'typebox'
import type { Issue } from '../canonical/errors.ts'
import type { FeatureContext } from '../canonical/feature-context.ts'
import type { AnswerEvent, TurnStream } from '../canonical/generation-event.ts'
import type { TextRequest } from '../canonical/generation-request.ts'
import type { OfferedEndpoint, OfferedModel } from '../canonical/offered-model.ts'
import type { RoutingPreferences } from '../canonical/routing-preferences.ts'
import { nullish } from '../util/nullish.ts'
import { typedSettings } from '../util/typed-settings.ts'

/**
 * One plugin at work on one request: what it notes in one hook it may use in a later one. Each hook is optional. A hook that throws a
 * GatewayError ends the request with that error. A hook that changes something adds a stage to `context.generation.pipeline`.
 */
export interface PluginRun {
  /** Changes the request before the first turn. A request is never changed in place. */
  onRequest?(request: TextRequest, context: FeatureContext): TextRequest | Promise<TextRequest>
  /**
   * Changes the request of each turn. The conversation that the next turn continues is the unchanged one, which grows by the calls of
   * server tools and their results.
   */
  onTurn?(request: TextRequest, context: FeatureContext): TextRequest
  /**
   * Narrows or sorts the endpoints of a turn. It runs once a turn, after the router.
   * @throws GatewayError where none is left; an empty list means the same without an explanation.
   */
  onCandidates?<Candidate extends { readonly endpoint: OfferedEndpoint }>(
    candidates: readonly Candidate[],
    request: TextRequest,
  ): readonly Candidate[]
  /** Changes the events of the answer as they pass. Every stream ends with exactly one `turn-end` or `error`. */
  onEvents?(events: TurnStream, context: FeatureContext): TurnStream
  /** Changes the events of a whole answer. It runs only where the reply is not streamed and the answer is complete. */
  onResult?(
    answer: readonly AnswerEvent[],
    context: FeatureContext,
  ): readonly AnswerEvent[] | Promise<readonly AnswerEvent[]>
}

/** A plugin (contract §1.3). A plugin is one file in this folder, or a folder whose file of the same name defines it. */
export interface Plugin {
  readonly id: string
  /** Plugins run in ascending order on the request, and in descending order on the answer. */
  readonly order: number
  readonly title: string
  readonly description: string
  /** One entry of `plugins` in a request: `id`, `enabled` and the settings. */
  readonly schema: TObject
  /** The rules that a schema cannot express. The paths of the issues begin at the settings. */
  readonly check: (settings: Readonly<Record<string, unknown>>) => readonly Issue[]
  /** Tells whether the plugin runs although neither the request nor the account names it. Absent: it does not. */
  readonly runsByDefault?: (request: TextRequest, choices: readonly OfferedModel[]) => boolean
  /** Returns routing preferences, which count when the models are resolved. `settings` are valid. */
  readonly prefer?: (settings: Readonly<Record<string, unknown>>) => Partial<RoutingPreferences>
  /** Begins the work on one request. `settings` are valid. Absent: the plugin only sets preferences. */
  readonly start?: (settings: Readonly<Record<string, unknown>>) => PluginRun
}

interface PluginDefinition<Settings extends TProperties> extends Omit<Plugin, 'schema' | 'check' | 'prefer' | 'start'> {
  /** The settings besides `id` and `enabled`, in OpenRouter's words. Settings that are not listed are ignored. */
  readonly settings: Settings
  readonly check?: (settings: Static<TObject<Settings>>) => readonly Issue[]
  readonly prefer?: (settings: Static<TObject<Settings>>) => Partial<RoutingPreferences>
  readonly start?: (settings: Static<TObject<Settings>>) => PluginRun
}

/** Defines a plugin. */
export function definePlugin<Settings extends TProperties>(definition: PluginDefinition<Settings>): Plugin {
  const { id, settings, title, description, check, prefer, start, ...rest } = definition
  const own = Type.Object(settings)
  const enabled = nullish(Type.Boolean({ description: 'False switches off what the account has on by default.' }))
  return {
    ...rest,
    id,
    title,
    description,
    schema: Type.Object({ id: Type.Literal(id), enabled, ...settings }, { title, description }),
    check: (given) => check?.(typedSettings(own, given)) ?? [],
    ...(prefer !== undefined && { prefer: (given) => prefer(typedSettings(own, given)) }),
    ...(start !== undefined && { start: (given) => start(typedSettings(own, given)) }),
  }
}
