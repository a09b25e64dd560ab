import { keyHeader } from '../upstream/sign/api-key.ts'
import { defineProvider } from './provider.ts'

export default defineProvider({
  slug: 'elevenlabs',
  name: 'ElevenLabs',
  protocol: 'chat-completions',
  baseUrl: 'https://api.elevenlabs.io/v1',
  apiKeyVariables: ['ELEVENLABS_API_KEY'],
  sign: keyHeader('xi-api-key'),
  // What is kept, and whether it is used for training, depends on the plan and its settings.
  dataPolicy: {
    training: true,
    retention: 'unknown',
    source: 'https://elevenlabs.io/docs/resources/zero-retention-mode',
    asOf: '2026-11-29',
  },
  quirks: {},
  // It serves no chats.
  operations: [],
  services: {
    // https://elevenlabs.io/docs/api-reference/text-to-speech/stream
    speech: [{ language: 'elevenlabs' }],
    // https://elevenlabs.io/docs/api-reference/speech-to-text/convert
    transcription: [{ language: 'elevenlabs' }],
  },
  privacyPolicyUrl: 'https://elevenlabs.io/privacy-policy',
  termsOfServiceUrl: 'https://elevenlabs.io/terms-of-use',
  statusPageUrl: 'https://status.elevenlabs.io/',
  headquarters: 'US',
  documentation: 'https://elevenlabs.io/docs/api-reference/introduction',
})
