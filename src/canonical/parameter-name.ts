import type { GenerationRequest, Parameters } from './generation-request.ts'

/** The parameters by which endpoints differ, in OpenRouter's vocabulary (contract §6.5). */
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

/** One of `parameterNames`, or whatever else an endpoint lists. */
export type ParameterName = string

/** Names that ask for the same thing: an endpoint that lists one of them supports them all. */
const synonyms: readonly (readonly string[])[] = [
  ['max_tokens', 'max_completion_tokens'],
  ['reasoning', 'reasoning_effort', 'include_reasoning'],
]

/** The name of each parameter in this vocabulary; null for one by which endpoints do not differ. */
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
  parallelToolCalls: 'parallel_tool_calls',
  reasoning: 'reasoning',
  verbosity: 'verbosity',
  prediction: 'prediction',
  webSearchOptions: 'web_search_options',
  modalities: null,
  audio: null,
  imageConfig: null,
  cacheControl: null,
  promptCacheKey: null,
  promptCacheOptions: null,
  serviceTier: null,
}

/** Tells which of them a request sends, as it stands now. */
export function sentParameters({ parameters, input }: GenerationRequest): ReadonlySet<ParameterName> {
  const sent = new Set<ParameterName>()
  let name: keyof Parameters
  for (name in names) {
    const wireName = names[name]
    if (wireName !== null && parameters[name] !== undefined) sent.add(wireName)
  }
  // Completions count them, where chats switch them on.
  if (input.type === 'prompts' && input.logprobs !== undefined) sent.add('logprobs')
  return sent
}

/** @param supported What an endpoint lists; null means everything. */
export function supportsParameter(supported: ReadonlySet<string> | null, name: string): boolean {
  if (supported === null || supported.has(name)) return true
  return synonyms.some((group) => group.includes(name) && group.some((synonym) => supported.has(synonym)))
}
