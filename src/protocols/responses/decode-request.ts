import type { Modality } from '../../canonical/content-part.ts'
import { GatewayError, type Issue } from '../../canonical/errors.ts'
import type { ChatRequest, Parameters } from '../../canonical/generation-request.ts'
import type { RequestHeaders } from '../protocol.ts'
import { decodeGatewayFields } from '../gateway-fields/decode-gateway-fields.ts'
import { decodeReasoningRequest } from '../gateway-fields/decode-reasoning-request.ts'
import { announcedBytes } from '../gateway-fields/request-context.ts'
import { sharedRules, toolRules } from '../gateway-fields/schema/request-rules.ts'
import { isStripped } from '../gateway-fields/schema/server-tool.ts'
import { requestValidator } from '../schema/validate.ts'
import { withoutEmptyStops } from '../openai/stops.ts'
import { decodeItems } from './decode-items.ts'
import { decodeToolChoice, decodeTools } from './decode-tool.ts'
import { protocolName } from './name.ts'
import { type ResponsesRequest, ResponsesRequestSchema } from './schema/request.ts'

const accept = requestValidator(ResponsesRequestSchema, rules)

/** @throws GatewayError 400 with `issues`. Source: contract §8.A6. */
export function decodeRequest(body: unknown, headers: RequestHeaders): ChatRequest {
  const wire = withoutStripped(accept(body), headers)
  const modalities = new Set<Modality>()
  const stretches = decodeItems(wire, modalities)
  const messages = stretches.flatMap((stretch) => stretch.messages)
  if (messages.every(({ role }) => role === 'system')) throw nothingSaid()
  const parameters = decodeParameters(wire)
  const user = wire.user ?? wire.safety_identifier
  return {
    operation: 'chat',
    input: { type: 'messages', messages, modalities },
    ...decodeGatewayFields({ ...wire, user, plugins: pluginsOf(wire) }, headers),
    parameters,
    source: { protocol: protocolName, body: wire, messages, stretches, parameters, bytes: announcedBytes(headers) },
  }
}

const nothingSaid = (): GatewayError => {
  const message = 'must hold something else than instructions'
  return new GatewayError('invalid_request', `input ${message}`, { issues: [{ path: 'input', message }] })
}

/** `truncation: auto` is the plugin that leaves out the middle, unless the request sets that itself. */
function pluginsOf({ plugins, truncation }: ResponsesRequest): ResponsesRequest['plugins'] {
  if (truncation !== 'auto' || plugins?.some(({ id }) => id === 'context-compression')) return plugins
  return [...(plugins ?? []), { id: 'context-compression' }]
}

/** The request without the tools that the headers strip from it. */
function withoutStripped(wire: ResponsesRequest, headers: RequestHeaders): ResponsesRequest {
  const tools = wire.tools?.filter(({ type }) => !isStripped(type, headers))
  return tools?.length === wire.tools?.length ? wire : { ...wire, tools }
}

function decodeParameters(wire: ResponsesRequest): Parameters {
  const { text } = wire
  const stop = withoutEmptyStops(wire.stop)
  return {
    maxTokens: wire.max_output_tokens ?? undefined,
    temperature: wire.temperature ?? undefined,
    topP: wire.top_p ?? undefined,
    topK: wire.top_k ?? undefined,
    frequencyPenalty: wire.frequency_penalty ?? undefined,
    presencePenalty: wire.presence_penalty ?? undefined,
    stop: typeof stop === 'string' ? [stop] : stop,
    ...decodeLogprobs(wire),
    tools: wire.tools?.flatMap(decodeTools),
    ...decodeToolChoice(wire.tool_choice),
    parallelToolCalls: wire.parallel_tool_calls ?? undefined,
    responseFormat: decodeFormat(text?.format),
    verbosity: text?.verbosity ?? undefined,
    reasoning: decodeReasoning(wire),
    modalities: wire.modalities ?? undefined,
    imageConfig: wire.image_config ?? undefined,
    promptCacheKey: wire.prompt_cache_key ?? undefined,
    promptCacheOptions: wire.prompt_cache_options
      ? { mode: 'explicit', ...(wire.prompt_cache_options.ttl && { ttl: wire.prompt_cache_options.ttl }) }
      : undefined,
    serviceTier: wire.service_tier === 'fast' ? 'priority' : (wire.service_tier ?? undefined),
  }
}

function decodeLogprobs({ include, top_logprobs: alternatives }: ResponsesRequest): Parameters {
  const isAsked = include?.includes('message.output_text.logprobs') === true || (alternatives ?? 0) > 0
  return isAsked ? { logprobs: true, topLogprobs: alternatives ?? undefined } : {}
}

type Format = NonNullable<ResponsesRequest['text']>['format']

function decodeFormat(format: Format): Parameters['responseFormat'] {
  if (format === null || format === undefined) return undefined
  if (format.type !== 'json_schema') return { type: format.type }
  const { type, name, description, schema, strict } = format
  return { type, name, description: description ?? undefined, schema, strict: strict ?? undefined }
}

/** What an item says of the effort holds from there on, so that the last one counts (contract §2.1). */
function decodeReasoning({ reasoning, input }: ResponsesRequest): Parameters['reasoning'] {
  const update = typeof input === 'string' ? undefined : input.findLast((item) => item.type === 'configuration_update')
  if (update?.type !== 'configuration_update') return decodeReasoningRequest({ reasoning })
  const { max_tokens: _, enabled: __, ...wishes } = reasoning ?? {}
  return decodeReasoningRequest({ reasoning: { ...wishes, effort: update.reasoning.effort } })
}

/** What is asked of an API that keeps answers, which this one does not. */
const kept = {
  store: 'must be false: nothing is kept here, so send the whole conversation with every request',
  background: 'must be false: an answer that nobody waits for is not possible here',
  previous_response_id: 'cannot be given: nothing is kept here, so send the whole conversation as input',
  conversation: 'cannot be given: nothing is kept here, so send the whole conversation as input',
  prompt: 'cannot be given: templates are stored at OpenAI. Write it out in instructions and input',
} as const satisfies Partial<Record<keyof ResponsesRequest, string>>

function rules(wire: ResponsesRequest): readonly Issue[] {
  const items = typeof wire.input === 'string' ? [] : wire.input
  return [
    ...sharedRules(wire),
    ...toolRules(wire),
    ...Object.entries(kept).flatMap(([path, message]) => (isAsked(wire, path) ? [{ path, message }] : [])),
    ...items.flatMap(({ type }, index) => {
      const path = `input[${index}]`
      if (String(type) === 'item_reference') return [{ path, message: kept.previous_response_id }]
      const isSecond = type === 'configuration_update' && items[index - 1]?.type === 'configuration_update'
      return isSecond ? [{ path, message: 'must not follow another configuration_update at once' }] : []
    }),
  ]
}

const isAsked = (wire: Readonly<Record<string, unknown>>, path: string): boolean =>
  wire[path] !== undefined && wire[path] !== null && wire[path] !== false
