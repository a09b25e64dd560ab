import type { QuirksByLanguage } from '../protocols/protocol.ts'
import { logprobs, usual } from './parameters.ts'
import { defineProvider } from './provider.ts'

const chat: QuirksByLanguage['chat-completions'] = {
  // `max_tokens` is refused by the reasoning models; the newer name is taken by all.
  maxTokensField: 'max_completion_tokens',
  developerRole: true,
  reasoningField: 'reasoning_effort',
  assistantReasoningField: 'none',
  messageFields: ['name', 'refusal', 'audio', 'function_call'],
  // `metadata` is not forwarded: it is refused with 400 unless the reply is stored as well.
  userField: 'safety_identifier',
  serviceTier: true,
  // `file_data` is base64, never an address.
  fetchesUrls: 'images',
  strictSubset: true,
  openAiLimits: true,
}

// `metadata` is not forwarded: it is for finding stored replies, and none is stored.
const responses = { developerRole: true, userField: 'safety_identifier', serviceTier: true } as const
/** From GPT-5.6 on, the end of a prefix can be marked for the cache. */
const breakpoints = { ...responses, cacheControl: 'breakpoint' } as const

export default defineProvider({
  slug: 'openai',
  name: 'OpenAI',
  protocol: 'chat-completions',
  baseUrl: 'https://api.openai.com/v1',
  apiKeyVariables: ['OPENAI_API_KEY'],
  dataPolicy: {
    training: false,
    retention: 'days:30',
    source: 'https://developers.openai.com/api/docs/guides/your-data',
    asOf: '2026-11-20',
  },
  quirks: chat,
  dialects: [
    // Only here do their thoughts come back, encrypted, and go along again; some of them are served nowhere else. They refuse what
    // this language lacks (seed, stop, penalties, logit_bias) in the other one too. Models that chat without reasoning, search or
    // speak stay there.
    { models: /^(ft:)?gpt-(5\.[6-9]|[6-9])(?!.*-(chat|search|audio))/, protocol: 'responses', quirks: breakpoints },
    {
      models: /^(ft:)?gpt-(5\.[6-9]|[6-9])/,
      protocol: 'chat-completions',
      quirks: { ...chat, cacheControl: 'breakpoint' },
    },
    { models: /^(ft:)?(o\d|gpt-5|codex)(?!.*-(chat|search|audio))/, protocol: 'responses', quirks: responses },
  ],
  supportedParameters: [
    ...usual,
    ...logprobs,
    'logit_bias',
    'prediction',
    'parallel_tool_calls',
    'web_search_options',
    'verbosity',
  ],
  privacyPolicyUrl: 'https://openai.com/policies/privacy-policy/',
  termsOfServiceUrl: 'https://openai.com/policies/services-agreement/',
  statusPageUrl: 'https://status.openai.com/',
  headquarters: 'US',
  documentation: 'https://platform.openai.com/docs/api-reference/chat',
})
