import { penalties, usual, without } from './parameters.ts'
import { defineProvider } from './provider.ts'

export default defineProvider({
  slug: 'sambanova',
  name: 'SambaNova',
  protocol: 'chat-completions',
  baseUrl: 'https://api.sambanova.ai/v1',
  apiKeyVariables: ['SAMBANOVA_API_KEY'],
  dataPolicy: {
    training: true,
    retention: 'unknown',
    source: 'https://sambanova.ai/privacy-policy',
    asOf: '2026-11-20',
  },
  quirks: { reasoningField: 'reasoning_effort', assistantReasoningField: 'none' },
  supportedParameters: [...without(usual, ...penalties, 'seed'), 'top_k', 'parallel_tool_calls'],
  services: { embeddings: [{ language: 'openai' }] },
  privacyPolicyUrl: 'https://sambanova.ai/privacy-policy',
  termsOfServiceUrl: 'https://sambanova.ai/terms-and-conditions',
  headquarters: 'US',
  documentation: 'https://docs.sambanova.ai/docs/en/features/openai-compatibility',
})
