import { defineProvider } from './provider.ts'

export default defineProvider({
  slug: 'google-ai-studio',
  name: 'Google AI Studio',
  protocol: 'generate-content',
  baseUrl: 'https://generativelanguage.googleapis.com/v1beta',
  apiKeyVariables: ['GEMINI_API_KEY', 'GOOGLE_GENERATIVE_AI_API_KEY', 'GOOGLE_API_KEY'],
  dataPolicy: {
    // Of paid services. What comes over an unpaid key is used to improve Google's products.
    training: false,
    retention: 'days:55',
    source: 'https://ai.google.dev/gemini-api/docs/usage-policies',
    asOf: '2026-11-20',
  },
  quirks: { serviceTier: true },
  supportedParameters: [
    'temperature',
    'top_p',
    'top_k',
    'frequency_penalty',
    'presence_penalty',
    'max_tokens',
    'max_completion_tokens',
    'logprobs',
    'top_logprobs',
    'seed',
    'response_format',
    'structured_outputs',
    'stop',
    'tools',
    'tool_choice',
    'include_reasoning',
    'reasoning',
    'reasoning_effort',
  ],
  // Its own SDK says of `abortSignal` that the request runs on and is charged: https://googleapis.github.io/js-genai.
  cancels: false,
  privacyPolicyUrl: 'https://policies.google.com/privacy',
  termsOfServiceUrl: 'https://ai.google.dev/gemini-api/terms',
  statusPageUrl: 'https://aistudio.google.com/status',
  headquarters: 'US',
  documentation: 'https://ai.google.dev/api/generate-content',
})
