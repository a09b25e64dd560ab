import { logprobs, usual, without } from './parameters.ts'
import { defineProvider } from './provider.ts'

export default defineProvider({
  slug: 'deepseek',
  name: 'DeepSeek',
  protocol: 'chat-completions',
  baseUrl: 'https://api.deepseek.com',
  apiKeyVariables: ['DEEPSEEK_API_KEY'],
  dataPolicy: {
    training: true,
    retention: 'unknown',
    source: 'https://cdn.deepseek.com/policies/en-US/deepseek-privacy-policy.html',
    asOf: '2026-11-20',
  },
  quirks: {
    reasoningField: 'thinking',
    assistantReasoningField: 'reasoning_content',
    // https://api-docs.deepseek.com/guides/chat_prefix_completion
    prefill: { message: { prefix: true }, path: '/beta/chat/completions' },
  },
  supportedParameters: [...without(usual, 'seed', 'structured_outputs'), ...logprobs],
  privacyPolicyUrl: 'https://cdn.deepseek.com/policies/en-US/deepseek-privacy-policy.html',
  termsOfServiceUrl: 'https://cdn.deepseek.com/policies/en-US/deepseek-open-platform-terms-of-service.html',
  statusPageUrl: 'https://status.deepseek.com/',
  headquarters: 'CN',
  documentation: 'https://api-docs.deepseek.com/api/create-chat-completion',
})
