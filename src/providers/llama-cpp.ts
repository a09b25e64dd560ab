import { defineProvider } from './provider.ts'
import { openAiServices } from './services.ts'

export default defineProvider({
  slug: 'llama-cpp',
  name: 'llama.cpp',
  protocol: 'chat-completions',
  baseUrl: 'http://127.0.0.1:8080/v1',
  apiKeyVariables: [],
  local: true,
  dataPolicy: {
    training: false,
    retention: 'none',
    source: 'https://github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md',
    asOf: '2026-11-20',
  },
  quirks: {
    reasoningField: 'reasoning_effort',
    assistantReasoningField: 'reasoning_content',
    // The reasoning is in the text where the server was started with `--reasoning-format none`.
    thinkTags: true,
    // The chat templates of many models refuse a second system message.
    oneSystemMessage: true,
  },
  services: openAiServices,
  operations: ['chat', 'completions'],
  privacyPolicyUrl: null,
  documentation: 'https://github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md',
})
