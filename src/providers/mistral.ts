import { defineProvider } from './provider.ts'

export default defineProvider({
  slug: 'mistral',
  name: 'Mistral',
  protocol: 'chat-completions',
  baseUrl: 'https://api.mistral.ai/v1',
  apiKeyVariables: ['MISTRAL_API_KEY'],
  // Training holds for keys of the free Experiment plan, and a key does not tell its plan. Keys of the Scale plan are exempt.
  dataPolicy: {
    training: true,
    retention: 'days:30',
    source:
      'https://help.mistral.ai/en/articles/323757-do-you-use-my-user-data-to-train-your-artificial-intelligence-models',
    asOf: '2026-11-20',
  },
  quirks: {
    reasoningField: 'reasoning_effort',
    assistantReasoningField: 'none',
    // Unknown fields are refused with 422, `stream_options` among them; usage comes unasked in the last chunk.
    streamUsage: false,
    messageFields: ['name', 'prefix'],
    // Only a tool's message has one.
    names: false,
    // "Unexpected role 'user' after role 'tool'", code 3230.
    turns: 'answer-tools',
    emptyMessages: false,
    prefill: { message: { prefix: true } },
    // "Tool call id was call_… but must be a-z, A-Z, 0-9, with a length of 9."
    toolCallIdLength: 9,
    toolParameters: true,
    renameParameters: { seed: 'random_seed' },
  },
  supportedParameters: [
    'temperature',
    'top_p',
    'frequency_penalty',
    'presence_penalty',
    'max_tokens',
    'max_completion_tokens',
    'prediction',
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
  privacyPolicyUrl: 'https://legal.mistral.ai/terms/privacy-policy',
  termsOfServiceUrl: 'https://mistral.ai/terms/',
  statusPageUrl: 'https://status.mistral.ai/',
  headquarters: 'FR',
  documentation: 'https://docs.mistral.ai/api/',
})
