import { logprobs, usual } from './parameters.ts'
import { defineProvider } from './provider.ts'

export default defineProvider({
  slug: 'venice',
  name: 'Venice',
  protocol: 'chat-completions',
  baseUrl: 'https://api.venice.ai/api/v1',
  apiKeyVariables: ['VENICE_API_KEY'],
  // Venice keeps nothing itself, but sends requests for models marked `anonymized` to their maker, whose policy applies. The list of those
  // models changes.
  dataPolicy: {
    training: true,
    retention: 'unknown',
    source: 'https://docs.venice.ai/overview/privacy',
    asOf: '2026-11-20',
  },
  quirks: { reasoningField: 'reasoning_effort', assistantReasoningField: 'reasoning_content' },
  supportedParameters: [...usual, ...logprobs, 'top_k', 'min_p', 'repetition_penalty', 'parallel_tool_calls'],
  services: { embeddings: [{ language: 'openai' }] },
  privacyPolicyUrl: 'https://venice.ai/legal/privacy-policy',
  termsOfServiceUrl: 'https://venice.ai/legal/tos',
  statusPageUrl: 'https://veniceai-status.com/',
  headquarters: 'US',
  documentation: 'https://docs.venice.ai/api-reference/endpoint/chat/completions',
})
