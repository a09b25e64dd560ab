import type { Parameters } from '../../canonical/generation-request.ts'
import { supportsParameter } from '../../canonical/parameter-name.ts'
import type { Endpoint } from '../../catalog/endpoint.ts'

/** The parameters by which endpoints differ, by their names in the catalogue (contract §6.5). */
const catalogueNames = {
  temperature: 'temperature',
  topP: 'top_p',
  topK: 'top_k',
  frequencyPenalty: 'frequency_penalty',
  presencePenalty: 'presence_penalty',
  maxTokens: 'max_tokens',
  logprobs: 'logprobs',
  topLogprobs: 'top_logprobs',
  seed: 'seed',
  stop: 'stop',
  responseFormat: 'response_format',
  tools: 'tools',
  toolChoice: 'tool_choice',
  parallelToolCalls: 'parallel_tool_calls',
  reasoning: 'reasoning',
  verbosity: 'verbosity',
} as const satisfies Partial<Record<keyof Parameters, string>>

/** Returns the parameters of a request without those that an endpoint does not support. */
export function supportedParameters(parameters: Parameters, endpoint: Endpoint): Parameters {
  const refused = Object.entries(catalogueNames).filter(
    ([, name]) => !supportsParameter(endpoint.supportedParameters, name),
  )
  if (refused.length === 0) return parameters
  return { ...parameters, ...Object.fromEntries(refused.map(([field]) => [field, undefined])) }
}
