import { usual, without } from './parameters.ts'
import { defineProvider } from './provider.ts'

export default defineProvider({
  slug: 'cloudflare',
  name: 'Cloudflare',
  protocol: 'chat-completions',
  baseUrl: 'https://api.cloudflare.com/client/v4/accounts/{CLOUDFLARE_ACCOUNT_ID}/ai/v1',
  apiKeyVariables: ['CLOUDFLARE_API_TOKEN', 'CLOUDFLARE_API_KEY'],
  variables: ['CLOUDFLARE_ACCOUNT_ID'],
  dataPolicy: {
    training: false,
    retention: 'none',
    source: 'https://developers.cloudflare.com/workers-ai/platform/data-usage/',
    asOf: '2026-11-20',
  },
  quirks: { reasoningField: 'reasoning_effort', assistantReasoningField: 'none' },
  supportedParameters: [...without(usual, 'structured_outputs', 'stop'), 'top_k', 'repetition_penalty'],
  privacyPolicyUrl: 'https://www.cloudflare.com/privacypolicy/',
  termsOfServiceUrl: 'https://www.cloudflare.com/terms/',
  statusPageUrl: 'https://www.cloudflarestatus.com/',
  headquarters: 'US',
  documentation: 'https://developers.cloudflare.com/workers-ai/configuration/open-ai-compatibility/',
})
