import type { CacheWish, ChatRequest, GenerationRequest, Parameters } from '../canonical/generation-request.ts'
import { modelsToTry } from '../canonical/model-list.ts'
import type { AppliedPreset, NamedPreset } from '../canonical/preset-reference.ts'
import type { PresetCache, PresetSettings } from '../canonical/preset-settings.ts'
import type { Tool } from '../canonical/tool.ts'
import { withMessages } from '../canonical/with-messages.ts'

/** A version of a preset, ready to be applied. */
export interface PresetVersion extends Pick<AppliedPreset, 'id' | 'versionId'> {
  readonly settings: PresetSettings
}

/** Returns the type of a server tool, of which the name in a request may be an alias. */
export type TypeOf = (name: string) => string

/**
 * Merges a preset into a request that names it (contract §6.14). The merge is shallow: a field of the request takes the place of the
 * preset's, and what the request leaves open is the preset's. Only the tools of both are united.
 */
export function applyPreset(
  request: GenerationRequest,
  { model, models, modelAsSent }: NamedPreset,
  { id, versionId, settings }: PresetVersion,
  typeOf: TypeOf,
): GenerationRequest {
  const plugins = request.plugins ?? settings.plugins
  const toolLoop = { ...settings.toolLoop, ...request.toolLoop }
  const cache = mergeCache(settings.cache, request.context.cache)
  const shared = {
    models: modelsToTry({ model: model ?? settings.model, models: models ?? settings.models }),
    preset: { type: 'applied', id, versionId, modelAsSent },
    parameters: mergeParameters(settings.parameters, request.parameters, typeOf),
    // A request without a field `provider` has no preferences at all, not even absent ones.
    routing:
      settings.routing !== null && Object.keys(request.routing).length === 0 ? settings.routing : request.routing,
    ...(plugins !== undefined && { plugins }),
    ...(Object.keys(toolLoop).length > 0 && { toolLoop }),
    context: { ...request.context, ...(cache !== undefined && { cache }) },
  } as const
  return request.operation === 'chat'
    ? withSystemPrompt({ ...request, ...shared }, settings.systemPrompt)
    : { ...request, ...shared }
}

/** A request that instructs the model itself keeps its own instructions. They alone stand before the conversation. */
function withSystemPrompt(request: ChatRequest, systemPrompt: string | null): ChatRequest {
  const { messages } = request.input
  if (systemPrompt === null || messages.some(({ role }) => role === 'system' || role === 'developer')) return request
  return withMessages(request, [{ role: 'system', content: [{ type: 'text', text: systemPrompt }] }, ...messages])
}

function mergeParameters(ofPreset: Parameters, ofRequest: Parameters, typeOf: TypeOf): Parameters {
  const given = Object.fromEntries(Object.entries(ofRequest).filter(([, value]) => value !== undefined))
  const { tools } = ofPreset
  if (tools === undefined) return { ...ofPreset, ...given }
  return { ...ofPreset, ...given, tools: uniteTools(tools, ofRequest.tools ?? [], typeOf) }
}

/** A tool of the request takes the place of the preset's with the same identity. Those that only the request has are behind all others. */
function uniteTools(ofPreset: readonly Tool[], ofRequest: readonly Tool[], typeOf: TypeOf): readonly Tool[] {
  const given = new Map(ofRequest.map((tool) => [identityOf(tool, typeOf), tool]))
  const kept = ofPreset.map((tool) => given.get(identityOf(tool, typeOf)) ?? tool)
  return [...kept, ...ofRequest.filter((tool) => !kept.includes(tool))]
}

/** A request may have several advisors and subagents, each under a name of its own. */
function identityOf(tool: Tool, typeOf: TypeOf): string {
  if (tool.type !== 'server') return JSON.stringify([tool.type, tool.name])
  const type = typeOf(tool.name)
  return JSON.stringify([tool.type, type, namedTools.has(type) ? tool.parameters['name'] : undefined])
}

const namedTools: ReadonlySet<string> = new Set(['openrouter:advisor', 'openrouter:subagent'])

/** What a preset switches off stays off. Everything else of the request takes the place of the preset's (contract §6.13). */
function mergeCache(ofPreset: PresetCache, ofRequest: CacheWish | undefined): CacheWish | undefined {
  const enabled = ofPreset.enabled === false ? false : (ofRequest?.enabled ?? ofPreset.enabled ?? undefined)
  const ttlSeconds = ofRequest?.ttlSeconds ?? ofPreset.ttlSeconds ?? undefined
  if (enabled === undefined) return ofRequest
  return { enabled, ...(ttlSeconds !== undefined && { ttlSeconds }), clear: ofRequest?.clear ?? false }
}
