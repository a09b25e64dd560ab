import { geminiTools } from './native-tools.ts'
import { logprobs, usual } from './parameters.ts'
import { defineProvider } from './provider.ts'
import { googleMedia } from './services.ts'

export default defineProvider({
  slug: 'google-ai-studio',
  name: 'Google AI Studio',
  protocol: 'generate-content',
  baseUrl: 'https://generativelanguage.googleapis.com/v1beta',
  apiKeyVariables: ['GEMINI_API_KEY', 'GOOGLE_GENERATIVE_AI_API_KEY', 'GOOGLE_API_KEY'],
  dataPolicy: {
    // This holds for paid services. Requests with an unpaid key are used to improve Google's products.
    training: false,
    retention: 'days:55',
    source: 'https://ai.google.dev/gemini-api/docs/usage-policies',
    asOf: '2026-11-20',
  },
  services: {
    embeddings: [{ language: 'google', maxInputs: 100 }],
    ...googleMedia,
  },
  quirks: { serviceTier: true },
  nativeTools: geminiTools,
  supportedParameters: [...usual, ...logprobs, 'top_k'],
  // The comment on `abortSignal` in Google's SDK states that the request continues and is charged: https://googleapis.github.io/js-genai.
  cancels: false,
  privacyPolicyUrl: 'https://policies.google.com/privacy',
  termsOfServiceUrl: 'https://ai.google.dev/gemini-api/terms',
  statusPageUrl: 'https://aistudio.google.com/status',
  headquarters: 'US',
  documentation: 'https://ai.google.dev/api/generate-content',
})
