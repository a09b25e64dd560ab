import { penalties, usual, without } from './parameters.ts'
import { defineProvider } from './provider.ts'

export default defineProvider({
  slug: 'z-ai',
  name: 'Z.AI',
  protocol: 'chat-completions',
  baseUrl: 'https://api.z.ai/api/paas/v4',
  apiKeyVariables: ['ZAI_API_KEY', 'ZHIPU_API_KEY'],
  dataPolicy: {
    training: false,
    retention: 'none',
    source: 'https://docs.z.ai/legal-agreement/privacy-policy',
    asOf: '2026-11-20',
  },
  quirks: {
    reasoningField: 'thinking',
    assistantReasoningField: 'reasoning_content',
    userField: 'user_id',
    names: false,
    emptyMessages: false,
    toolChoices: ['auto'],
    strictTools: false,
  },
  supportedParameters: without(usual, ...penalties, 'seed', 'structured_outputs'),
  privacyPolicyUrl: 'https://docs.z.ai/legal-agreement/privacy-policy',
  termsOfServiceUrl: 'https://docs.z.ai/legal-agreement/terms-of-use',
  headquarters: 'SG',
  documentation: 'https://docs.z.ai/api-reference/llm/chat-completion',
})
