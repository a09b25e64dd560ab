import { logprobs, openModelSampling, usual } from './parameters.ts'
import { defineProvider } from './provider.ts'

export default defineProvider({
  slug: 'friendli',
  name: 'Friendli',
  protocol: 'chat-completions',
  baseUrl: 'https://api.friendli.ai/serverless/v1',
  apiKeyVariables: ['FRIENDLI_TOKEN'],
  dataPolicy: {
    training: false,
    retention: 'unknown',
    source: 'https://friendli.ai/docs/guides/data-handling',
    asOf: '2026-11-20',
  },
  quirks: { reasoningField: 'reasoning_effort', assistantReasoningField: 'reasoning_content' },
  supportedParameters: [...usual, ...openModelSampling, ...logprobs, 'parallel_tool_calls'],
  operations: ['chat', 'completions'],
  privacyPolicyUrl: 'https://friendli.ai/privacy-policy',
  termsOfServiceUrl: 'https://friendli.ai/terms-of-service',
  headquarters: 'US',
  documentation: 'https://friendli.ai/docs/openapi/serverless/chat-completions',
})
