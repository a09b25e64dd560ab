import { usual, without } from './parameters.ts'
import { defineProvider } from './provider.ts'

export default defineProvider({
  slug: 'inference-net',
  name: 'InferenceNet',
  protocol: 'chat-completions',
  baseUrl: 'https://api.inference.net/v1',
  apiKeyVariables: ['INFERENCE_API_KEY'],
  dataPolicy: {
    training: true,
    retention: 'unknown',
    source: 'https://inference.net/privacy-policy',
    asOf: '2026-11-20',
  },
  quirks: { reasoningField: 'none', assistantReasoningField: 'none' },
  supportedParameters: [...without(usual, 'include_reasoning', 'reasoning', 'reasoning_effort'), 'top_k', 'min_p'],
  operations: ['chat', 'completions'],
  privacyPolicyUrl: 'https://inference.net/privacy-policy',
  termsOfServiceUrl: 'https://inference.net/terms-of-service',
  headquarters: 'US',
  documentation: 'https://docs.inference.net/',
})
