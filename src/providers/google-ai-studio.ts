import { googleSearch, urlContext } from './native-tools.ts'
import { logprobs, usual } from './parameters.ts'
import { defineProvider } from './provider.ts'

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
  quirks: { serviceTier: true },
  // https://ai.google.dev/gemini-api/docs/pricing: 35 USD per 1,000 answers that rest on searches, since Gemini 3 14 USD per 1,000 searches.
  nativeTools: [
    {
      ...googleSearch,
      models: /^gemini-2\.[0-9]-(pro|flash)(-lite)?(-exp|-preview)?(-[0-9]{2,3})?(-[0-9]{2,4})?$/,
      besideJson: false,
      pricing: { webSearch: 0.035 },
    },
    { ...googleSearch, models: /^gemini-(?!1|2|embedding|.*-tts)/, pricing: { webSearch: 0.014 } },
    {
      ...urlContext,
      models: /^gemini-2\.5-(pro|flash)(-lite)?(-exp|-preview)?(-[0-9]{2,3})?(-[0-9]{2,4})?$/,
      besideJson: false,
    },
    { ...urlContext, models: /^gemini-(?!1|2|embedding|.*-(image|tts))/ },
  ],
  supportedParameters: [...usual, ...logprobs, 'top_k'],
  // The comment on `abortSignal` in Google's SDK states that the request continues and is charged: https://googleapis.github.io/js-genai.
  cancels: false,
  privacyPolicyUrl: 'https://policies.google.com/privacy',
  termsOfServiceUrl: 'https://ai.google.dev/gemini-api/terms',
  statusPageUrl: 'https://aistudio.google.com/status',
  headquarters: 'US',
  documentation: 'https://ai.google.dev/api/generate-content',
})
