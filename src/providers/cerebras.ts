import { logprobs, penalties, usual, without } from './parameters.ts'
import { defineProvider } from './provider.ts'

export default defineProvider({
  slug: 'cerebras',
  name: 'Cerebras',
  protocol: 'chat-completions',
  baseUrl: 'https://api.cerebras.ai/v1',
  apiKeyVariables: ['CEREBRAS_API_KEY'],
  dataPolicy: {
    training: false,
    retention: 'none',
    source: 'https://support.cerebras.net/articles/1811589793-does-cerebras-retain-my-data',
    asOf: '2026-11-20',
  },
  quirks: {
    maxTokensField: 'max_completion_tokens',
    reasoningField: 'reasoning_effort',
    assistantReasoningField: 'reasoning',
    // "property 'messages.2.assistant.reasoning_content' is unsupported"
    messageFields: ['name'],
    strictSubset: true,
    userField: 'user',
    // These are refused with 400, not ignored.
    dropParameters: ['frequency_penalty', 'presence_penalty', 'logit_bias'],
  },
  supportedParameters: [...without(usual, ...penalties), ...logprobs, 'parallel_tool_calls'],
  operations: ['chat', 'completions'],
  privacyPolicyUrl: 'https://www.cerebras.ai/privacy-policy',
  termsOfServiceUrl: 'https://www.cerebras.ai/terms-of-service',
  statusPageUrl: 'https://status.cerebras.ai/',
  headquarters: 'US',
  documentation: 'https://inference-docs.cerebras.ai/api-reference/chat-completions',
})
