import { logprobs, usual, without } from './parameters.ts'
import { defineProvider } from './provider.ts'

export default defineProvider({
  slug: 'scaleway',
  name: 'Scaleway',
  protocol: 'chat-completions',
  baseUrl: 'https://api.scaleway.ai/v1',
  apiKeyVariables: ['SCALEWAY_API_KEY', 'SCW_SECRET_KEY'],
  // Usually nothing is kept. Requests that caused a server error or look like misuse are kept for up to two weeks.
  dataPolicy: {
    training: false,
    retention: 'days:14',
    source: 'https://www.scaleway.com/en/docs/generative-apis/reference-content/data-privacy/',
    asOf: '2026-11-20',
  },
  quirks: { reasoningField: 'reasoning_effort', assistantReasoningField: 'none' },
  supportedParameters: [...without(usual, 'frequency_penalty'), ...logprobs, 'parallel_tool_calls'],
  services: { embeddings: [{ language: 'openai' }] },
  privacyPolicyUrl: 'https://www.scaleway.com/en/privacy-policy/',
  termsOfServiceUrl: 'https://www.scaleway.com/en/contracts/',
  statusPageUrl: 'https://status.scaleway.com/',
  headquarters: 'FR',
  documentation: 'https://www.scaleway.com/en/docs/generative-apis/api-cli/using-chat-api/',
})
