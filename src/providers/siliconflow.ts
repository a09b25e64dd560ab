import { usual, without } from './parameters.ts'
import { defineProvider } from './provider.ts'
import { openAiServices } from './services.ts'

export default defineProvider({
  slug: 'siliconflow',
  name: 'SiliconFlow',
  protocol: 'chat-completions',
  baseUrl: 'https://api.siliconflow.com/v1',
  apiKeyVariables: ['SILICONFLOW_API_KEY'],
  dataPolicy: {
    training: true,
    retention: 'unknown',
    source: 'https://docs.siliconflow.com/en/legals/privacy-policy',
    asOf: '2026-11-20',
  },
  quirks: { reasoningField: 'enable_thinking', assistantReasoningField: 'reasoning_content' },
  supportedParameters: [...without(usual, 'presence_penalty', 'seed', 'structured_outputs'), 'top_k', 'min_p'],
  services: openAiServices,
  privacyPolicyUrl: 'https://docs.siliconflow.com/en/legals/privacy-policy',
  termsOfServiceUrl: 'https://docs.siliconflow.com/en/legals/terms-of-service',
  headquarters: 'SG',
  documentation: 'https://docs.siliconflow.com/en/api-reference/chat-completions/chat-completions',
})
