import { penalties, usual, without } from './parameters.ts'
import { defineProvider } from './provider.ts'

export default defineProvider({
  slug: 'groq',
  name: 'Groq',
  protocol: 'chat-completions',
  baseUrl: 'https://api.groq.com/openai/v1',
  apiKeyVariables: ['GROQ_API_KEY'],
  // Usually nothing is kept. Requests that caused a fault or look like abuse may be kept, unless the account turns on zero retention.
  dataPolicy: {
    training: false,
    retention: 'days:30',
    source: 'https://console.groq.com/docs/your-data',
    asOf: '2026-11-20',
  },
  services: {
    // https://console.groq.com/docs/text-to-speech
    speech: [{ language: 'openai', openai: { formats: ['wav'], voice: 'autumn' } }],
    // https://console.groq.com/docs/speech-to-text: at least ten seconds are charged.
    transcription: [{ language: 'openai', openai: { verbose: true, words: true, translates: true, leastSeconds: 10 } }],
  },
  quirks: {
    maxTokensField: 'max_completion_tokens',
    reasoningField: 'reasoning_effort',
    assistantReasoningField: 'reasoning',
    // "property 'annotations' is unsupported"
    messageFields: ['name', 'function_call'],
    strictSubset: true,
    userField: 'user',
  },
  supportedParameters: [...without(usual, ...penalties), 'parallel_tool_calls'],
  // Contract §4.5. The vendor's own documentation does not mention this.
  cancels: false,
  privacyPolicyUrl: 'https://groq.com/privacy-policy/',
  termsOfServiceUrl: 'https://groq.com/terms-of-use/',
  statusPageUrl: 'https://groqstatus.com/',
  headquarters: 'US',
  documentation: 'https://console.groq.com/docs/api-reference',
})
