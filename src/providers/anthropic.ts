import { claudeFetch, claudeSearch } from './native-tools.ts'
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
  nativeTools: [
    // https://platform.claude.com/docs/en/about-claude/pricing#web-search-tool: 10 USD per 1,000 searches.
    { ...claudeSearch, models: /^claude-/, pricing: { webSearch: 0.01 } },
    // It costs nothing besides the tokens.
    { ...claudeFetch, models: /^claude-/ },
  ],
  supportedParameters: [...without(usual, ...penalties, 'seed'), 'top_k', 'parallel_tool_calls', 'verbosity'],
  privacyPolicyUrl: 'https://www.anthropic.com/legal/privacy',
  termsOfServiceUrl: 'https://www.anthropic.com/legal/commercial-terms',
  statusPageUrl: 'https://status.claude.com/',
  headquarters: 'US',
  documentation: 'https://platform.claude.com/docs/en/api/messages',
})
