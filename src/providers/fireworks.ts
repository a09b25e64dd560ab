import { logprobs, openModelSampling, usual } from './parameters.ts'
import { defineProvider } from './provider.ts'

export default defineProvider({
  slug: 'fireworks',
  name: 'Fireworks',
  protocol: 'chat-completions',
  baseUrl: 'https://api.fireworks.ai/inference/v1',
  apiKeyVariables: ['FIREWORKS_API_KEY'],
  dataPolicy: {
    training: false,
    retention: 'none',
    source: 'https://docs.fireworks.ai/guides/security_compliance/data_handling',
    asOf: '2026-11-20',
  },
  quirks: { reasoningField: 'reasoning_effort', assistantReasoningField: 'reasoning_content', userField: 'user' },
  supportedParameters: [...usual, ...openModelSampling, ...logprobs, 'prediction', 'parallel_tool_calls'],
  services: {
    embeddings: [{ language: 'openai' }],
    rerank: [{ language: 'jina' }],
    images: [{ language: 'fireworks', mostImages: 1 }],
  },
  operations: ['chat', 'completions'],
  privacyPolicyUrl: 'https://fireworks.ai/privacy-policy',
  termsOfServiceUrl: 'https://fireworks.ai/terms-of-service',
  statusPageUrl: 'https://status.fireworks.ai/',
  headquarters: 'US',
  documentation: 'https://docs.fireworks.ai/api-reference/post-chatcompletions',
})
