import { usual } from './parameters.ts'
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
    prefill: { message: { prefix: true } },
    toolParameters: true,
    renameParameters: { seed: 'random_seed' },
  },
  supportedParameters: [...usual, 'prediction', 'parallel_tool_calls'],
  // Contract §4.5; nothing was found in the vendor's own documentation.
  cancels: false,
  privacyPolicyUrl: 'https://legal.mistral.ai/terms/privacy-policy',
  termsOfServiceUrl: 'https://mistral.ai/terms/',
  statusPageUrl: 'https://status.mistral.ai/',
  headquarters: 'FR',
  documentation: 'https://docs.mistral.ai/api/',
})
