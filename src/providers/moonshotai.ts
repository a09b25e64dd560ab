import { usual, without } from './parameters.ts'
import { defineProvider } from './provider.ts'

export default defineProvider({
  slug: 'moonshotai',
  name: 'Moonshot AI',
  protocol: 'chat-completions',
  baseUrl: 'https://api.moonshot.ai/v1',
  apiKeyVariables: ['MOONSHOT_API_KEY'],
  dataPolicy: {
    training: true,
    retention: 'unknown',
    source: 'https://platform.kimi.ai/docs/agreement/modeluse',
    asOf: '2026-11-20',
  },
  quirks: {
    reasoningField: 'thinking',
    assistantReasoningField: 'reasoning_content',
    // "the message at position 1 with role 'assistant' must not be empty"
    emptyMessages: false,
    // https://platform.moonshot.ai/docs/guide/use-partial-mode-feature-of-kimi-api
    prefill: { message: { partial: true } },
  },
  supportedParameters: without(usual, 'seed'),
  privacyPolicyUrl: 'https://platform.kimi.ai/docs/agreement/userprivacy',
  termsOfServiceUrl: 'https://platform.kimi.ai/docs/agreement/modeluse',
  headquarters: 'SG',
  documentation: 'https://platform.moonshot.ai/docs/api/chat',
})
