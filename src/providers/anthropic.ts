import { penalties, usual, without } from './parameters.ts'
import { defineProvider } from './provider.ts'

export default defineProvider({
  slug: 'anthropic',
  name: 'Anthropic',
  protocol: 'messages',
  baseUrl: 'https://api.anthropic.com/v1',
  apiKeyVariables: ['ANTHROPIC_API_KEY'],
  dataPolicy: {
    training: false,
    retention: 'days:30',
    source: 'https://privacy.anthropic.com/en/articles/7996866-how-long-do-you-store-personal-data',
    asOf: '2026-11-20',
  },
  quirks: { serviceTier: true },
  supportedParameters: [...without(usual, ...penalties, 'seed'), 'top_k', 'parallel_tool_calls', 'verbosity'],
  privacyPolicyUrl: 'https://www.anthropic.com/legal/privacy',
  termsOfServiceUrl: 'https://www.anthropic.com/legal/commercial-terms',
  statusPageUrl: 'https://status.claude.com/',
  headquarters: 'US',
  documentation: 'https://platform.claude.com/docs/en/api/messages',
})
