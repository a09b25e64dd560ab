import { openModelSampling, usual } from './parameters.ts'
import { defineProvider } from './provider.ts'

export default defineProvider({
  slug: 'together',
  name: 'Together',
  protocol: 'chat-completions',
  baseUrl: 'https://api.together.xyz/v1',
  apiKeyVariables: ['TOGETHER_API_KEY'],
  // Prompts and replies are stored, for a time that is not stated, unless the account turns that off.
  dataPolicy: {
    training: false,
    retention: 'unknown',
    source: 'https://docs.together.ai/docs/zero-data-retention',
    asOf: '2026-11-20',
  },
  quirks: { reasoningField: 'reasoning_effort', assistantReasoningField: 'reasoning_content' },
  supportedParameters: [...usual, ...openModelSampling],
  services: {
    embeddings: [{ language: 'openai', openai: { encodingField: 'none' } }],
    rerank: [{ language: 'jina' }],
    // https://docs.together.ai/docs/images-overview
    images: [
      {
        language: 'openai',
        mostImages: 4,
        openai: { frame: { type: 'sides' }, base64: 'base64', references: 'image_url', fields: ['seed'] },
      },
    ],
    // https://docs.together.ai/docs/text-to-speech
    speech: [{ language: 'openai', openai: { formats: ['mp3', 'wav', 'pcm'], voice: 'af_alloy' } }],
    // https://docs.together.ai/docs/speech-to-text
    transcription: [{ language: 'openai' }],
  },
  operations: ['chat', 'completions'],
  privacyPolicyUrl: 'https://www.together.ai/privacy',
  termsOfServiceUrl: 'https://www.together.ai/terms-of-service',
  statusPageUrl: 'https://status.together.ai/',
  headquarters: 'US',
  documentation: 'https://docs.together.ai/reference/chat-completions-1',
})
