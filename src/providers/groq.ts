import { defineProvider } from './provider.ts'

export default defineProvider({
  slug: 'groq',
  name: 'Groq',
  protocol: 'chat-completions',
  baseUrl: 'https://api.groq.com/openai/v1',
  apiKeyVariables: ['GROQ_API_KEY'],
  // Nothing is kept as a rule, but what a fault or suspected abuse needs may be, unless the account turns on zero retention.
  dataPolicy: {
    training: false,
    retention: 'days:30',
    source: 'https://console.groq.com/docs/your-data',
    asOf: '2026-11-20',
  },
  quirks: {
    maxTokensField: 'max_completion_tokens',
    reasoningField: 'reasoning_effort',
    assistantReasoningField: 'reasoning',
    // "property 'annotations' is unsupported"
    messageFields: ['name', 'function_call'],
    // `reasoning_format` is `raw` unless set, and some of the models refuse the field.
    thinkTags: true,
    strictSubset: true,
    userField: 'user',
  },
  supportedParameters: [
    'temperature',
    'top_p',
    'max_tokens',
    'max_completion_tokens',
    'seed',
    'response_format',
    'structured_outputs',
    'stop',
    'tools',
    'tool_choice',
    'parallel_tool_calls',
    'include_reasoning',
    'reasoning',
    'reasoning_effort',
  ],
  // Contract §4.5; nothing was found in the vendor's own documentation.
  cancels: false,
  privacyPolicyUrl: 'https://groq.com/privacy-policy/',
  termsOfServiceUrl: 'https://groq.com/terms-of-use/',
  statusPageUrl: 'https://groqstatus.com/',
  headquarters: 'US',
  documentation: 'https://console.groq.com/docs/api-reference',
})
