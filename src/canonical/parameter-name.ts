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

const known: ReadonlySet<string> = new Set(parameterNames)

/** Names that ask for the same thing: an endpoint that lists one of them supports them all. */
const synonyms: readonly (readonly string[])[] = [
  ['max_tokens', 'max_completion_tokens'],
  ['reasoning', 'reasoning_effort', 'include_reasoning'],
]

/** Which of them a body sends; null means absent (contract §0.7). */
export function sentParameters(body: Readonly<Record<string, unknown>>): ReadonlySet<string> {
  const sent = new Set<string>()
  for (const name of Object.keys(body)) if (known.has(name) && body[name] !== null) sent.add(name)
  return sent
}

/** @param supported What an endpoint lists; null means everything. */
export function supportsParameter(supported: ReadonlySet<string> | null, name: string): boolean {
  if (supported === null || supported.has(name)) return true
  return synonyms.some((group) => group.includes(name) && group.some((synonym) => supported.has(synonym)))
}
