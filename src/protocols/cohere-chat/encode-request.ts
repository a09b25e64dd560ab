import type { ChatRequest, Parameters, ResponseFormat } from '../../canonical/generation-request.ts'
import type { Endpoint } from '../../catalog/endpoint.ts'
import type { JsonObject } from '../../util/json.ts'
import { reasoningBudget, reasoningEffort } from '../vendors/reasoning-effort.ts'
import { supportedParameters } from '../vendors/supported-parameters.ts'
import type { ToolNames } from '../vendors/tool-names.ts'
import { encodeMessages } from './encode-messages.ts'
import { encodeTools } from './encode-tools.ts'
import { outputSchema } from './schema-dialect.ts'
import type { CohereRequest } from './wire.ts'

/**
 * Encodes the body of a chat. Parameters that the protocol does not have (logit_bias, min_p, parallel_tool_calls, user …) are left out;
 * values for which it has narrower ranges than others are kept within them.
 */
export function encodeRequest(request: ChatRequest, endpoint: Endpoint, names: ToolNames): JsonObject {
  const parameters = supportedParameters(request.parameters, endpoint)
  const { messages, documents } = encodeMessages(request.input.messages, endpoint, names)
  const wire: CohereRequest = {
    model: endpoint.upstreamModel,
    messages,
    documents: documents.length > 0 ? documents : undefined,
    ...encodeTools(parameters, names),
    response_format: encodeResponseFormat(parameters.responseFormat, endpoint.providerName),
    thinking: encodeThinking(parameters, endpoint),
    max_tokens: parameters.maxTokens,
    stop_sequences: parameters.stop,
    temperature: parameters.temperature,
    p: within(parameters.topP, 0.01, 0.99),
    k: within(parameters.topK, 0, 500),
    seed: parameters.seed,
    frequency_penalty: within(parameters.frequencyPenalty, 0, 1),
    presence_penalty: within(parameters.presencePenalty, 0, 1),
    stream: request.stream ? true : undefined,
  }
  return Object.fromEntries(Object.entries(wire).filter(([, value]) => value !== undefined))
}

const within = (value: number | undefined, least: number, most: number): number | undefined =>
  value === undefined ? undefined : Math.min(Math.max(value, least), most)

function encodeResponseFormat(
  format: ResponseFormat | undefined,
  providerName: string,
): CohereRequest['response_format'] {
  if (format?.type === 'json_object') return { type: 'json_object' }
  if (format?.type !== 'json_schema') return undefined
  if (format.schema === undefined) return { type: 'json_object' }
  return { type: 'json_object', json_schema: outputSchema(format.schema, providerName) }
}

/** Encodes thinking. Cohere has no efforts, only a budget. */
function encodeThinking({ reasoning, maxTokens }: Parameters, endpoint: Endpoint): CohereRequest['thinking'] {
  const effort = reasoning && reasoningEffort(reasoning, maxTokens, endpoint.reasoning)
  if (reasoning === undefined || effort === undefined) return undefined
  if (effort === 'none') return { type: 'disabled' }
  const budget = reasoningBudget(reasoning, maxTokens)
  return { type: 'enabled', ...(budget !== undefined && { token_budget: budget }) }
}
