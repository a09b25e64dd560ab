import { GatewayError } from '../../canonical/errors.ts'
import type { ChatRequest } from '../../canonical/generation-request.ts'
import type { PresetContent, PresetSettings } from '../../canonical/preset-settings.ts'
import type { PluginRequest } from '../../canonical/plugin-request.ts'
import type { ReasoningRequest } from '../../canonical/reasoning.ts'
import type { Tool } from '../../canonical/tool.ts'
import type { JsonObject } from '../../util/json.ts'
import { unspoken, type WireParameters, wireParameters } from '../openai/wire-parameters.ts'
import { decodeRequest } from './decode-request.ts'
import { chatWireParameters, encodeFunction } from './encode-parameters.ts'

/** The fields that every client language has in the same words. */
const gatewayFields = ['provider', 'route', 'max_tool_calls', 'stop_server_tools_when'] as const

/** What the response cache is asked for. No request has these fields, but a preset. */
const cacheFields = { enabled: 'cache_enabled', ttl: 'cache_ttl_seconds' } as const

/**
 * Takes from a request what a preset keeps of it: neither the conversation nor what concerns one request alone.
 * @throws GatewayError 400 for what a preset cannot keep
 */
export function encodePresetConfig(request: ChatRequest): PresetContent {
  const { source, models, plugins, preset, input } = request
  const { body } = source
  if (preset !== undefined) throw refused('model', 'must name a model: a preset cannot be part of another')
  const model = typeof body['model'] === 'string' && body['model'] !== '' ? body['model'] : undefined
  const others = model === undefined ? models : models.slice(1)
  checkCache(body)
  const config = {
    ...(model !== undefined && { model }),
    ...(others.length > 0 && { models: others }),
    ...wireParameters(presetWireParameters, request, 'preset'),
    ...(plugins !== undefined && { plugins: plugins.map(encodePlugin) }),
    ...given(body, [...gatewayFields, ...Object.values(cacheFields)]),
  }
  const instructions = input.messages
    .filter(({ role }) => role === 'system' || role === 'developer')
    .flatMap(({ content }) => content.map((part) => (part.type === 'text' ? part.text : '')))
  return { config, systemPrompt: instructions.join('\n\n') || null }
}

/**
 * Decodes a configuration, as if it were a request.
 * @throws GatewayError 400 for what is not valid (any more)
 */
export function decodePresetConfig(config: JsonObject): Omit<PresetSettings, 'systemPrompt'> {
  const { [cacheFields.enabled]: enabled, [cacheFields.ttl]: ttl, model, models, ...rest } = config
  const request = decodeRequest({ ...rest, messages: [{ role: 'user', content: '' }] }, {})
  return {
    model: typeof model === 'string' ? model : null,
    models: Array.isArray(models) ? models.filter((name) => typeof name === 'string') : null,
    parameters: request.parameters,
    routing: rest['provider'] || rest['route'] ? request.routing : null,
    ...(request.plugins !== undefined && { plugins: request.plugins }),
    ...(request.toolLoop !== undefined && { toolLoop: request.toolLoop }),
    cache: {
      enabled: typeof enabled === 'boolean' ? enabled : null,
      ttlSeconds: typeof ttl === 'number' ? ttl : null,
    },
  }
}

const given = (body: JsonObject, names: readonly string[]): JsonObject =>
  Object.fromEntries(
    names.flatMap((name) => (body[name] === undefined || body[name] === null ? [] : [[name, body[name]]])),
  )

function checkCache(body: JsonObject): void {
  const { [cacheFields.enabled]: enabled = null, [cacheFields.ttl]: ttl = null } = body
  if (enabled !== null && typeof enabled !== 'boolean') throw refused(cacheFields.enabled, 'must be true or false')
  const isTtl = typeof ttl === 'number' && Number.isInteger(ttl) && ttl >= 1 && ttl <= 86_400
  if (ttl !== null && !isTtl) throw refused(cacheFields.ttl, 'must be a whole number from 1 to 86400')
}

/** Every parameter, also what a request to an upstream says otherwise for each upstream. A prediction is the answer of one request. */
const presetWireParameters: WireParameters = {
  ...chatWireParameters,
  maxTokens: { fields: ['max_tokens'], encode: ({ maxTokens }) => maxTokens },
  reasoning: { fields: ['reasoning'], encode: ({ reasoning }) => reasoning && encodeReasoning(reasoning) },
  serviceTier: { fields: ['service_tier'], encode: ({ serviceTier }) => serviceTier },
  structuredOutputs: { fields: ['structured_outputs'], encode: ({ structuredOutputs }) => structuredOutputs },
  tools: { fields: ['tools'], encode: ({ tools }) => tools?.map(encodeTool) },
  cacheControl: { fields: ['cache_control'], encode: ({ cacheControl }) => cacheControl },
  promptCacheOptions: { fields: ['prompt_cache_options'], encode: ({ promptCacheOptions }) => promptCacheOptions },
  prediction: unspoken,
}

const encodeReasoning = ({ maxTokens, ...reasoning }: ReasoningRequest): JsonObject => ({
  ...reasoning,
  ...(maxTokens !== undefined && { max_tokens: maxTokens }),
})

const encodePlugin = ({ id, enabled, settings }: PluginRequest): JsonObject => ({
  id,
  ...(!enabled && { enabled }),
  ...settings,
})

function encodeTool(tool: Tool, index: number): JsonObject {
  if (tool.type === 'server') return { type: tool.name, parameters: tool.parameters }
  if (tool.type === 'function' && tool.custom === undefined && tool.group === undefined) return encodeFunction(tool)
  const message =
    'cannot be kept in a preset: only functions and the tools of this gateway can be used in every language'
  throw refused(`tools[${index}]`, message)
}

const refused = (path: string, message: string): GatewayError =>
  new GatewayError('invalid_request', `${path} ${message}`, { issues: [{ path, message }] })
