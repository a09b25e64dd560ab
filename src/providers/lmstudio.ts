import { usual, without } from './parameters.ts'
import { defineProvider } from './provider.ts'
import { openAiServices } from './services.ts'

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
    // LM Studio separates the reasoning from the text only where its settings say so.
    thinkTags: true,
    // "Invalid 'messages' in payload": https://github.com/QwenLM/qwen-code/issues/3616
    textToolResults: true,
    // The chat templates of many models refuse a second system message.
    oneSystemMessage: true,
  },
  supportedParameters: [...without(usual, 'tool_choice'), 'top_k', 'repetition_penalty', 'logit_bias'],
  services: openAiServices,
  operations: ['chat', 'completions'],
  privacyPolicyUrl: 'https://lmstudio.ai/app-privacy',
  documentation: 'https://lmstudio.ai/docs/developer/openai-compat',
})
