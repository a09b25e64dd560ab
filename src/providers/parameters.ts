/** Named sets of request parameters, in the vocabulary of contract §6.5. A provider's file lists only the differences from them. */

/** The parameters that nearly every host accepts: sampling, token limit, formats, tools and reasoning. */
export const usual = [
  'temperature',
  'top_p',
  'frequency_penalty',
  'presence_penalty',
  'max_tokens',
  'max_completion_tokens',
  'seed',
  'response_format',
  'structured_outputs',
  'stop',
  'tools',
  'tool_choice',
  'include_reasoning',
  'reasoning',
  'reasoning_effort',
] as const

export const penalties = ['frequency_penalty', 'presence_penalty'] as const

export const logprobs = ['logprobs', 'top_logprobs'] as const

/** The parameters that vLLM and SGLang add, and with them most hosts of open models. */
export const openModelSampling = ['top_k', 'min_p', 'repetition_penalty', 'logit_bias'] as const

export const without = (names: readonly string[], ...left: readonly string[]): readonly string[] =>
  names.filter((name) => !left.includes(name))
