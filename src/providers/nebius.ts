import { logprobs, openModelSampling, usual } from './parameters.ts'
import { defineProvider } from './provider.ts'

export default defineProvider({
  slug: 'nebius',
  name: 'Nebius',
  protocol: 'chat-completions',
  baseUrl: 'https://api.tokenfactory.nebius.com/v1',
  apiKeyVariables: ['NEBIUS_API_KEY'],
  // Prompts and replies may be kept and used for the draft models of speculative decoding, unless the account turns on zero retention.
  dataPolicy: {
    training: true,
    retention: 'unknown',
    source: 'https://docs.studio.nebius.com/legal/legal-quick-guide',
    asOf: '2026-11-20',
  },
  quirks: { reasoningField: 'reasoning_effort', assistantReasoningField: 'reasoning_content' },
  supportedParameters: [...usual, ...openModelSampling, ...logprobs],
  services: { embeddings: [{ language: 'openai' }] },
  operations: ['chat', 'completions'],
  privacyPolicyUrl: 'https://docs.studio.nebius.com/legal/privacy-policy',
  termsOfServiceUrl: 'https://docs.studio.nebius.com/legal/terms-of-service',
  headquarters: 'NL',
  documentation: 'https://docs.tokenfactory.nebius.com/api-reference/introduction',
})
