import { logprobs, usual } from './parameters.ts'
import { defineProvider } from './provider.ts'

export default defineProvider({
  slug: 'xai',
  name: 'xAI',
  protocol: 'chat-completions',
  baseUrl: 'https://api.x.ai/v1',
  apiKeyVariables: ['XAI_API_KEY'],
  dataPolicy: {
    training: false,
    retention: 'days:30',
    source: 'https://docs.x.ai/developers/faq/security',
    asOf: '2026-11-20',
  },
  services: {
    // https://docs.x.ai/docs/guides/image-generation
    images: [
      {
        language: 'openai',
        mostImages: 10,
        openai: {
          frame: {
            type: 'ratio',
            ratios: [
              '1:1',
              '3:4',
              '4:3',
              '9:16',
              '16:9',
              '2:3',
              '3:2',
              '9:19.5',
              '19.5:9',
              '9:20',
              '20:9',
              '1:2',
              '2:1',
            ],
            resolutions: ['1k', '2k'],
          },
          base64: 'b64_json',
          references: 'edits',
          fields: [],
        },
      },
    ],
  },
  quirks: {
    reasoningField: 'reasoning_effort',
    assistantReasoningField: 'none',
    userField: 'user',
    reportedCost: 'cost_in_usd_ticks',
  },
  // xAI's own tools exist only in Responses, and only since Grok 4:
  // https://docs.x.ai/developers/tools/web-search, https://docs.x.ai/developers/tools/x-search
  dialects: [
    {
      models: /^grok-/,
      nativeTools: true,
      protocol: 'responses',
      quirks: { nativeTools: 'xai', reasoningFormat: 'xai-responses-v1', userField: 'user' },
    },
  ],
  // https://docs.x.ai/developers/pricing#tools-pricing: 5 USD per 1,000 calls, for searches of the web and of X alike.
  nativeTools: [
    {
      name: 'web_search',
      type: 'web_search',
      models: /^grok-(?![123]|build|imagine)/,
      domains: 'either',
      mostDomains: 5,
      pricing: { webSearch: 0.005 },
    },
  ],
  supportedParameters: [...usual, ...logprobs, 'parallel_tool_calls'],
  privacyPolicyUrl: 'https://x.ai/legal/privacy-policy',
  termsOfServiceUrl: 'https://x.ai/legal/terms-of-service-enterprise',
  statusPageUrl: 'https://status.x.ai/',
  headquarters: 'US',
  documentation: 'https://docs.x.ai/docs/api-reference',
})
