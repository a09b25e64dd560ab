import type { JsonObject } from '../util/json.ts'
import type { Parameters, ToolLoopLimits } from './generation-request.ts'
import type { ModelList } from './model-list.ts'
import type { PluginRequest } from './plugin-request.ts'
import type { RoutingPreferences } from './routing-preferences.ts'

/**
 * What a version of a preset stores (contract §6.14). The configuration has the fields of a chat completion, whatever language the request
 * was in that it was made from, so that it can be used in every language.
 */
export interface PresetContent {
  readonly config: JsonObject
  readonly systemPrompt: string | null
}

/** What a version of a preset sets (contract §6.14). */
export interface PresetSettings extends ModelList {
  readonly parameters: Parameters
  /** Null where it has no field `provider`: then it leaves everything to the request. */
  readonly routing: RoutingPreferences | null
  readonly plugins?: readonly PluginRequest[]
  readonly toolLoop?: ToolLoopLimits
  readonly systemPrompt: string | null
  readonly cache: PresetCache
}

/** What a preset sets of the response cache; null where it leaves that to the request (contract §6.13). */
export interface PresetCache {
  readonly enabled: boolean | null
  readonly ttlSeconds: number | null
}
