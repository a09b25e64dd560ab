import { usual } from './parameters.ts'
import { defineProvider } from './provider.ts'

export default defineProvider({
  slug: 'deepinfra',
  name: 'DeepInfra',
  protocol: 'chat-completions',
  baseUrl: 'https://api.deepinfra.com/v1/openai',
  apiKeyVariables: ['DEEPINFRA_API_KEY', 'DEEPINFRA_TOKEN'],
  // This does not hold for the Google and Anthropic models that DeepInfra resells: the catalogue leaves those out.
  dataPolicy: {
    training: false,
    retention: 'none',
    source: 'https://docs.deepinfra.com/account/data-privacy',
    asOf: '2026-11-20',
  },
  quirks: { reasoningField: 'reasoning_effort', assistantReasoningField: 'reasoning_content', userField: 'user' },
  supportedParameters: [...usual, 'top_k', 'min_p', 'repetition_penalty'],
  services: {
    embeddings: [{ language: 'openai', maxInputs: 1_024 }],
    // https://docs.deepinfra.com/image-generation
    images: [{ language: 'openai', openai: { frame: { type: 'size' }, base64: 'b64_json', fields: ['seed'] } }],
    // https://docs.deepinfra.com/text-to-speech
    speech: [
      {
        language: 'openai',
        openai: { formats: ['mp3', 'opus', 'flac', 'wav', 'pcm'], voice: 'af_bella', speed: true },
      },
    ],
    // https://docs.deepinfra.com/automatic-speech-recognition
    transcription: [{ language: 'openai' }],
  },
  operations: ['chat', 'completions'],
  privacyPolicyUrl: 'https://deepinfra.com/privacy',
  termsOfServiceUrl: 'https://deepinfra.com/terms',
  statusPageUrl: 'https://status.deepinfra.com/',
  headquarters: 'US',
  documentation: 'https://docs.deepinfra.com/chat/overview',
})
