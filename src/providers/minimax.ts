import { penalties, usual, without } from './parameters.ts'
import { defineProvider } from './provider.ts'

export default defineProvider({
  slug: 'minimax',
  name: 'Minimax',
  protocol: 'chat-completions',
  baseUrl: 'https://api.minimax.io/v1',
  apiKeyVariables: ['MINIMAX_API_KEY'],
  dataPolicy: {
    training: true,
    retention: 'unknown',
    source: 'https://www.minimax.io/platform/protocol/privacy-policy',
    asOf: '2026-11-20',
  },
  quirks: {
    // The models always think, so there is no parameter for it.
    reasoningField: 'none',
    assistantReasoningField: 'reasoning_details',
    // Without this field the reasoning is in the text, between tags.
    chatFields: { reasoning_split: true },
    thinkTags: true,
    oneSystemMessage: true,
    emptyMessages: false,
    toolChoices: ['auto', 'none'],
    strictTools: false,
  },
  supportedParameters: without(usual, ...penalties, 'seed', 'response_format', 'structured_outputs', 'stop'),
  privacyPolicyUrl: 'https://www.minimax.io/platform/protocol/privacy-policy',
  termsOfServiceUrl: 'https://www.minimax.io/platform/protocol/terms-of-service',
  headquarters: 'SG',
  documentation: 'https://platform.minimax.io/docs/api-reference/text-openai-api',
})
