import { logprobs, openModelSampling, usual } from './parameters.ts'
import { defineProvider } from './provider.ts'
import { openAiServices } from './services.ts'

export default defineProvider({
  slug: 'novita',
  name: 'Novita',
  protocol: 'chat-completions',
  baseUrl: 'https://api.novita.ai/openai/v1',
  apiKeyVariables: ['NOVITA_API_KEY'],
  dataPolicy: {
    training: true,
    retention: 'unknown',
    source: 'https://novita.ai/legal/privacy-policy',
    asOf: '2026-11-20',
  },
  quirks: { reasoningField: 'enable_thinking', assistantReasoningField: 'reasoning_content' },
  supportedParameters: [...usual, ...openModelSampling, ...logprobs],
  services: openAiServices,
  operations: ['chat', 'completions'],
  privacyPolicyUrl: 'https://novita.ai/legal/privacy-policy',
  termsOfServiceUrl: 'https://novita.ai/legal/terms-of-service',
  statusPageUrl: 'https://status.novita.ai/',
  headquarters: 'US',
  documentation: 'https://novita.ai/docs/api-reference/model-apis-llm-create-chat-completion',
})
