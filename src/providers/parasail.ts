import { logprobs, openModelSampling, usual } from './parameters.ts'
import { defineProvider } from './provider.ts'

export default defineProvider({
  slug: 'parasail',
  name: 'Parasail',
  protocol: 'chat-completions',
  baseUrl: 'https://api.parasail.io/v1',
  apiKeyVariables: ['PARASAIL_API_KEY'],
  dataPolicy: {
    training: false,
    retention: 'none',
    source: 'https://docs.parasail.io/parasail-docs/security-and-account-management/data-privacy-retention',
    asOf: '2026-11-20',
  },
  quirks: { reasoningField: 'reasoning_effort', assistantReasoningField: 'none' },
  supportedParameters: [...usual, ...openModelSampling, ...logprobs],
  operations: ['chat', 'completions'],
  privacyPolicyUrl: 'https://www.parasail.io/legal/privacy-policy',
  termsOfServiceUrl: 'https://www.parasail.io/legal/terms',
  headquarters: 'US',
  documentation: 'https://docs.parasail.io/parasail-docs',
})
