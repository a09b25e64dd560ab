import { logprobs, usual, without } from './parameters.ts'
import { defineProvider } from './provider.ts'
import { openAiServices } from './services.ts'

export default defineProvider({
  slug: 'ollama',
  name: 'Ollama',
  protocol: 'chat-completions',
  baseUrl: 'http://127.0.0.1:11434/v1',
  apiKeyVariables: [],
  local: true,
  dataPolicy: { training: false, retention: 'none', source: 'https://docs.ollama.com/faq', asOf: '2026-11-20' },
  quirks: {
    reasoningField: 'reasoning_effort',
    assistantReasoningField: 'reasoning',
    fetchesUrls: false,
    thinkTags: true,
  },
  supportedParameters: [...without(usual, 'tool_choice'), ...logprobs],
  services: openAiServices,
  operations: ['chat', 'completions'],
  privacyPolicyUrl: 'https://ollama.com/privacy',
  documentation: 'https://docs.ollama.com/api/openai-compatibility',
})
