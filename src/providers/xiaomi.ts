import { defineProvider } from './provider.ts'

export default defineProvider({
  slug: 'xiaomi',
  name: 'Xiaomi',
  protocol: 'chat-completions',
  baseUrl: 'https://api.xiaomimimo.com/v1',
  apiKeyVariables: ['XIAOMI_API_KEY', 'MIMO_API_KEY'],
  dataPolicy: {
    training: true,
    retention: 'unknown',
    source: 'https://platform.xiaomimimo.com/docs/terms/privacy-policy',
    asOf: '2026-11-20',
  },
  quirks: { reasoningField: 'thinking', assistantReasoningField: 'reasoning_content', toolChoices: ['auto'] },
  supportedParameters: [
    'temperature',
    'top_p',
    'frequency_penalty',
    'presence_penalty',
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
  privacyPolicyUrl: 'https://platform.xiaomimimo.com/docs/terms/privacy-policy',
  headquarters: 'CN',
  documentation: 'https://platform.xiaomimimo.com/docs',
})
