import { usual, without } from './parameters.ts'
import { defineProvider } from './provider.ts'

export default defineProvider({
  slug: 'perplexity',
  name: 'Perplexity',
  protocol: 'chat-completions',
  baseUrl: 'https://api.perplexity.ai',
  apiKeyVariables: ['PERPLEXITY_API_KEY'],
  dataPolicy: {
    training: false,
    retention: 'none',
    source: 'https://docs.perplexity.ai/docs/resources/privacy-security',
    asOf: '2026-11-20',
  },
  quirks: {
    reasoningField: 'reasoning_effort',
    assistantReasoningField: 'none',
    nativeTools: 'perplexity',
    // Usage comes without a request for it, in every chunk.
    streamUsage: false,
  },
  // It searches for each request anyway, at the fee of the request: https://docs.perplexity.ai/docs/sonar/filters
  nativeTools: [
    { name: 'web_search', type: 'web_search_options', models: /^sonar/, domains: 'either', mostDomains: 20 },
  ],
  supportedParameters: [...without(usual, 'seed', 'stop', 'tools', 'tool_choice'), 'top_k', 'web_search_options'],
  privacyPolicyUrl: 'https://www.perplexity.ai/hub/legal/privacy-policy',
  termsOfServiceUrl: 'https://www.perplexity.ai/hub/legal/perplexity-api-terms-of-service',
  statusPageUrl: 'https://status.perplexity.com/',
  headquarters: 'US',
  documentation: 'https://docs.perplexity.ai/api-reference/chat-completions-post',
})
