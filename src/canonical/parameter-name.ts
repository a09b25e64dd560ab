import type { GenerationRequest, Parameters } from './generation-request.ts'

/** The parameters that not every endpoint supports, by OpenRouter's names (contract §6.5). */
export const parameterNames = [
  'temperature',
  'top_p',
  'top_k',
  'min_p',
  'top_a',
  'frequency_penalty',
  'presence_penalty',
  'repetition_penalty',
  'max_tokens',
  'max_completion_tokens',
  'logit_bias',
  'logprobs',
  'top_logprobs',
  'prediction',
  'seed',
  'response_format',
  'structured_outputs',
  'stop',
  'tools',
  'tool_choice',
  'parallel_tool_calls',
  'include_reasoning',
  'reasoning',
  'reasoning_effort',
  'web_search_options',
  'verbosity',
] as const

/** One of `parameterNames`, or any other name that an endpoint lists. */
export type ParameterName = string

/** Names of the same feature: an endpoint that lists one of them supports all of them. */
const synonyms: readonly (readonly string[])[] = [
  ['max_tokens', 'max_completion_tokens'],
  ['reasoning', 'reasoning_effort', 'include_reasoning'],
]

/** OpenRouter's name of each parameter; null for a parameter that is not listed by endpoints. */
const names: { readonly [Name in keyof Required<Parameters>]: (typeof parameterNames)[number] | null } = {
  maxTokens: 'max_tokens',
  temperature: 'temperature',
  topP: 'top_p',
  topK: 'top_k',
  minP: 'min_p',
  topA: 'top_a',
  frequencyPenalty: 'frequency_penalty',
  presencePenalty: 'presence_penalty',
  repetitionPenalty: 'repetition_penalty',
  logitBias: 'logit_bias',
  logprobs: 'logprobs',
  topLogprobs: 'top_logprobs',
  seed: 'seed',
  stop: 'stop',
  responseFormat: 'response_format',
  structuredOutputs: 'structured_outputs',
  tools: 'tools',
  toolChoice: 'tool_choice',
  allowedTools: null,
  parallelToolCalls: 'parallel_tool_calls',
  reasoning: 'reasoning',
  verbosity: 'verbosity',
  prediction: 'prediction',
  webSearchOptions: 'web_search_options',
  xSearchFilter: null,
  modalities: null,
  audio: null,
  imageConfig: null,
  cacheControl: null,
  promptCacheKey: null,
  promptCacheOptions: null,
  serviceTier: null,
}

/** Lists which of these parameters a request sends. */
export function sentParameters({ parameters, input }: GenerationRequest): ReadonlySet<ParameterName> {
  const sent = new Set<ParameterName>()
  let name: keyof Parameters
  for (name in names) {
    const wireName = names[name]
    if (wireName !== null && parameters[name] !== undefined) sent.add(wireName)
  }
  // A tool of the provider's own is a wish and not a parameter.
  if (parameters.tools?.every(({ type }) => type === 'native')) sent.delete('tools')
  // In completions `logprobs` is a number and part of the input; in chats it is a switch and a parameter.
  if (input.type === 'prompts' && input.logprobs !== undefined) sent.add('logprobs')
  return sent
}

/**
 * Tells whether an endpoint supports a parameter.
 * @param supported The names that the endpoint lists; null means that it supports all.
 */
export function supportsParameter(supported: ReadonlySet<string> | null, name: string): boolean {
  if (supported === null || supported.has(name)) return true
  return synonyms.some((group) => group.includes(name) && group.some((synonym) => supported.has(synonym)))
}
