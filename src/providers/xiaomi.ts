import { usual, without } from './parameters.ts'
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
  supportedParameters: without(usual, 'seed', 'structured_outputs'),
  privacyPolicyUrl: 'https://platform.xiaomimimo.com/docs/terms/privacy-policy',
  headquarters: 'CN',
  documentation: 'https://platform.xiaomimimo.com/docs',
})
