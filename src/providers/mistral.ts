import { usual } from './parameters.ts'
import { defineProvider } from './provider.ts'

export default defineProvider({
  slug: 'mistral',
  name: 'Mistral',
  protocol: 'chat-completions',
  baseUrl: 'https://api.mistral.ai/v1',
  apiKeyVariables: ['MISTRAL_API_KEY'],
  // Requests with keys of the free Experiment plan are used for training, and a key does not show its plan. Keys of the Scale plan are
  // exempt.
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
    // Mistral refuses unknown fields with 422, `stream_options` among them. Usage comes without it, in the last chunk.
    streamUsage: false,
    messageFields: ['name', 'prefix'],
    // Only a tool's message may have a name.
    names: false,
    prefill: { message: { prefix: true } },
    toolParameters: true,
    renameParameters: { seed: 'random_seed' },
  },
  supportedParameters: [...usual, 'prediction', 'parallel_tool_calls'],
  // Contract §4.5. The vendor's own documentation does not mention this.
  cancels: false,
  // Mistral refuses fields that it does not have, and names the length of vectors otherwise: https://docs.mistral.ai/api/#tag/embeddings
  services: {
    embeddings: [{ language: 'openai', maxInputs: 512, openai: { dimensionsField: 'output_dimension' } }],
    // https://docs.mistral.ai/api/endpoint/audio/speech
    speech: [{ language: 'mistral' }],
    // https://docs.mistral.ai/api/endpoint/audio/transcriptions
    transcription: [{ language: 'mistral', streams: true }],
  },
  privacyPolicyUrl: 'https://legal.mistral.ai/terms/privacy-policy',
  termsOfServiceUrl: 'https://mistral.ai/terms/',
  statusPageUrl: 'https://status.mistral.ai/',
  headquarters: 'FR',
  documentation: 'https://docs.mistral.ai/api/',
})
