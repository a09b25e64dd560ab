import { logprobs, openModelSampling, usual } from './parameters.ts'
import { defineProvider } from './provider.ts'

export default defineProvider({
  slug: 'hyperbolic',
  name: 'Hyperbolic',
  protocol: 'chat-completions',
  baseUrl: 'https://api.hyperbolic.xyz/v1',
  apiKeyVariables: ['HYPERBOLIC_API_KEY'],
  dataPolicy: { training: true, retention: 'unknown', source: 'https://hyperbolic.xyz/privacy', asOf: '2026-11-20' },
  quirks: { reasoningField: 'reasoning_effort', assistantReasoningField: 'none' },
  supportedParameters: [...usual, ...openModelSampling, ...logprobs],
  operations: ['chat', 'completions'],
  privacyPolicyUrl: 'https://hyperbolic.xyz/privacy',
  termsOfServiceUrl: 'https://hyperbolic.xyz/terms',
  headquarters: 'US',
  documentation: 'https://docs.hyperbolic.xyz/docs/rest-api',
})
