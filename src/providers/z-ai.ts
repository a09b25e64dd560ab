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
  quirks: { reasoningField: 'thinking', assistantReasoningField: 'reasoning_content', userField: 'user_id' },
  supportedParameters: [
    'temperature',
    'top_p',
    'max_tokens',
    'max_completion_tokens',
    'response_format',
    'stop',
    'tools',
    'tool_choice',
    'include_reasoning',
    'reasoning',
    'reasoning_effort',
  ],
  privacyPolicyUrl: 'https://docs.z.ai/legal-agreement/privacy-policy',
  termsOfServiceUrl: 'https://docs.z.ai/legal-agreement/terms-of-use',
  headquarters: 'SG',
  documentation: 'https://docs.z.ai/api-reference/llm/chat-completion',
})
