import type { QuirksByLanguage } from '../protocols/protocol.ts'
import { openAiSearch, searchOptions } from './native-tools.ts'
import { logprobs, usual } from './parameters.ts'
import { defineProvider } from './provider.ts'
import { openAiImages } from './services.ts'

const chat: QuirksByLanguage['chat-completions'] = {
  // The reasoning models refuse `max_tokens`; all models accept the newer name.
  maxTokensField: 'max_completion_tokens',
  developerRole: true,
  reasoningField: 'reasoning_effort',
  assistantReasoningField: 'none',
  messageFields: ['name', 'refusal', 'audio', 'function_call'],
  // `metadata` is not forwarded, because OpenAI refuses it with 400 unless the reply is stored as well.
  userField: 'safety_identifier',
  serviceTier: true,
  // `file_data` is base64, never a URL.
  fetchesUrls: 'images',
  strictSubset: true,
  openAiLimits: true,
}

// `metadata` is not forwarded, because it only serves to find stored replies, and none is stored.
const responses = { developerRole: true, userField: 'safety_identifier', serviceTier: true } as const
/** From GPT-5.6 on, a request can mark the end of a prefix for the cache. */
const breakpoints = { ...responses, cacheControl: 'breakpoint' } as const

/**
 * Models that search the web in Responses: not GPT-4.1 nano, not the older models that reason, and not those that only chat or speak.
 * Source: https://developers.openai.com/api/docs/guides/tools-web-search
 */
const searching =
  /^(gpt-4o(-mini)?|gpt-4\.1(-mini)?|o3(-pro)?|o4-mini|gpt-([5-9]|\d\d)(\.\d+)?(-(mini|nano|pro|sol|terra|luna))?)(-\d{4}-\d\d-\d\d)?$/

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
  nativeTools: [
    // https://developers.openai.com/api/docs/pricing: 10 USD per 1,000 searches. These models search for each request, so the fee is the
    // request's. The older ones cost 25 USD per 1,000.
    { ...searchOptions, models: /^gpt-4o(-mini)?-search-preview/, pricing: { request: 0.025 } },
    { ...searchOptions, models: /^gpt-\d.*-search-api/, pricing: { request: 0.01 } },
    { ...openAiSearch, models: searching, pricing: { webSearch: 0.01 } },
  ],
  dialects: [
    // Of these models only Responses has the search.
    { models: /^gpt-4(o|\.1)/, nativeTools: true, protocol: 'responses', quirks: responses },
    // OpenAI returns encrypted reasoning, which a later request can send back, only in the Responses API, and serves some models only
    // there. A reasoning model refuses the parameters that Responses lacks (seed, stop, penalties, logit_bias) in chat-completions too.
    // Models that chat without reasoning, search the web or produce audio are served in chat-completions.
    {
      models: /^(ft:)?gpt-(5\.[6-9]|[6-9]).*-(chat|search|audio)/,
      protocol: 'chat-completions',
      quirks: { ...chat, cacheControl: 'breakpoint' },
    },
    { models: /^(ft:)?gpt-(5\.[6-9]|[6-9])/, protocol: 'responses', quirks: breakpoints },
    { models: /^(ft:)?(o\d|gpt-5|codex).*-(chat|search|audio)/, protocol: 'chat-completions', quirks: chat },
    { models: /^(ft:)?(o\d|gpt-5|codex)/, protocol: 'responses', quirks: responses },
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
  services: {
    embeddings: [{ language: 'openai', maxInputs: 2_048, openai: { user: true } }],
    images: openAiImages,
    // https://developers.openai.com/api/docs/guides/text-to-speech: only the newer models take instructions, and send usage in events.
    speech: [
      { models: /^tts-/, language: 'openai', openai: { voice: 'alloy', speed: true } },
      { language: 'openai', openai: { voice: 'alloy', speed: true, instructions: true, events: true } },
    ],
    // https://developers.openai.com/api/docs/guides/speech-to-text: Whisper ignores `stream`, and alone translates.
    transcription: [
      { models: /^whisper/, language: 'openai' },
      { models: /diarize/, language: 'openai', streams: true, openai: { diarizes: true } },
      { language: 'openai', streams: true, openai: {} },
    ],
  },
  privacyPolicyUrl: 'https://openai.com/policies/privacy-policy/',
  termsOfServiceUrl: 'https://openai.com/policies/services-agreement/',
  statusPageUrl: 'https://status.openai.com/',
  headquarters: 'US',
  documentation: 'https://platform.openai.com/docs/api-reference/chat',
})
