import { defineProvider } from './provider.ts'

export default defineProvider({
  slug: 'lmstudio',
  name: 'LM Studio',
  protocol: 'chat-completions',
  baseUrl: 'http://127.0.0.1:1234/v1',
  apiKeyVariables: [],
  local: true,
  dataPolicy: {
    training: false,
    retention: 'none',
    source: 'https://lmstudio.ai/docs/app/offline',
    asOf: '2026-11-20',
  },
  quirks: {
    reasoningField: 'reasoning_effort',
    assistantReasoningField: 'none',
    fetchesUrls: false,
    // Thoughts are told apart only where its settings say so.
    thinkTags: true,
    // The chat templates of many models refuse a second one.
    oneSystemMessage: true,
  },
  supportedParameters: [
    'temperature',
    'top_p',
    'top_k',
    'frequency_penalty',
    'presence_penalty',
    'repetition_penalty',
    'max_tokens',
    'max_completion_tokens',
    'logit_bias',
    'seed',
    'response_format',
    'structured_outputs',
    'stop',
    'tools',
    'include_reasoning',
    'reasoning',
    'reasoning_effort',
  ],
  operations: ['chat', 'completions'],
  privacyPolicyUrl: 'https://lmstudio.ai/app-privacy',
  documentation: 'https://lmstudio.ai/docs/developer/openai-compat',
})
