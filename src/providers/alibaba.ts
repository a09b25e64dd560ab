import { logprobs, usual, without } from './parameters.ts'
import { defineProvider } from './provider.ts'

export default defineProvider({
  slug: 'alibaba',
  name: 'Alibaba',
  protocol: 'chat-completions',
  baseUrl: 'https://dashscope-intl.aliyuncs.com/compatible-mode/v1',
  apiKeyVariables: ['DASHSCOPE_API_KEY'],
  dataPolicy: {
    training: true,
    retention: 'unknown',
    source: 'https://www.alibabacloud.com/help/en/model-studio/',
    asOf: '2026-11-20',
  },
  quirks: {
    reasoningField: 'enable_thinking',
    assistantReasoningField: 'none',
    cacheControl: 'parts',
    // https://www.alibabacloud.com/help/en/model-studio/partial-mode
    prefill: { message: { partial: true } },
  },
  supportedParameters: [
    ...without(usual, 'frequency_penalty'),
    ...logprobs,
    'top_k',
    'repetition_penalty',
    'parallel_tool_calls',
  ],
  // https://www.alibabacloud.com/help/en/model-studio/text-embedding-synchronous-api
  services: { embeddings: [{ language: 'openai', maxInputs: 10, openai: { encodingField: 'none' } }] },
  privacyPolicyUrl:
    'https://www.alibabacloud.com/help/en/legal/latest/alibaba-cloud-international-website-privacy-policy',
  statusPageUrl: 'https://status.alibabacloud.com/',
  headquarters: 'SG',
  documentation: 'https://www.alibabacloud.com/help/en/model-studio/use-qwen-by-calling-api',
})
