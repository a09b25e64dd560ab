import { defineProvider } from './provider.ts'
import { openAiServices } from './services.ts'

export default defineProvider({
  slug: 'vllm',
  name: 'vLLM',
  protocol: 'chat-completions',
  baseUrl: 'http://127.0.0.1:8000/v1',
  apiKeyVariables: [],
  local: true,
  dataPolicy: {
    training: false,
    retention: 'none',
    source: 'https://docs.vllm.ai/en/latest/usage/usage_stats.html',
    asOf: '2026-11-20',
  },
  quirks: {
    developerRole: true,
    reasoningField: 'reasoning_effort',
    assistantReasoningField: 'reasoning',
    // The reasoning is in the text where the server runs without `--reasoning-parser`.
    thinkTags: true,
    // "tool message content only supports text": https://github.com/vllm-project/vllm/issues/43203
    textToolResults: true,
    // The chat templates of many models refuse a second system message.
    oneSystemMessage: true,
    prefill: { body: { continue_final_message: true, add_generation_prompt: false } },
  },
  services: openAiServices,
  operations: ['chat', 'completions'],
  privacyPolicyUrl: null,
  documentation: 'https://docs.vllm.ai/en/latest/serving/openai_compatible_server.html',
})
