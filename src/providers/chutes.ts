import { logprobs, openModelSampling, usual } from './parameters.ts'
import { defineProvider } from './provider.ts'

export default defineProvider({
  slug: 'chutes',
  name: 'Chutes',
  protocol: 'chat-completions',
  baseUrl: 'https://llm.chutes.ai/v1',
  apiKeyVariables: ['CHUTES_API_KEY'],
  dataPolicy: { training: true, retention: 'unknown', source: 'https://chutes.ai/privacy', asOf: '2026-11-20' },
  quirks: { reasoningField: 'reasoning_effort', assistantReasoningField: 'reasoning_content' },
  supportedParameters: [...usual, ...openModelSampling, ...logprobs],
  operations: ['chat', 'completions'],
  privacyPolicyUrl: 'https://chutes.ai/privacy',
  termsOfServiceUrl: 'https://chutes.ai/terms',
  documentation: 'https://chutes.ai/docs',
})
