import { defineProvider } from './provider.ts'

export default defineProvider({
  slug: 'openrouter',
  name: 'OpenRouter',
  protocol: 'chat-completions',
  baseUrl: 'https://openrouter.ai/api/v1',
  apiKeyVariables: ['OPENROUTER_API_KEY'],
  // OpenRouter keeps nothing itself unless the account opts in, but sends each request to a provider, whose own policy applies.
  dataPolicy: {
    training: true,
    retention: 'unknown',
    source: 'https://openrouter.ai/docs/guides/privacy/logging',
    asOf: '2026-11-20',
  },
  quirks: {
    developerRole: true,
    reasoningField: 'reasoning',
    assistantReasoningField: 'reasoning_details',
    cacheControl: true,
    metadata: true,
    userField: 'user',
    serviceTier: 'ultrafast',
    reportedCost: 'cost',
    nativeTools: 'openrouter',
  },
  // Its own server tools, which choose the engine: https://openrouter.ai/docs/guides/features/server-tools/web-search
  nativeTools: [
    { name: 'web_search', type: 'openrouter:web_search', models: /./, domains: 'both', paths: true },
    { name: 'web_fetch', type: 'openrouter:web_fetch', models: /./, domains: 'both', paths: true },
  ],
  services: {
    embeddings: [
      { language: 'openai', openai: { user: true, reportsCost: true, purpose: { field: 'input_type', words: {} } } },
    ],
    rerank: [{ language: 'jina' }],
    images: [{ language: 'chat', mostImages: 1 }],
    speech: [{ language: 'openai', openai: { formats: ['mp3', 'pcm'], voice: 'alloy', speed: true } }],
    // It has no address for translations.
    transcription: [{ language: 'openai', openai: { verbose: true, words: true } }],
  },
  operations: ['chat', 'completions'],
  privacyPolicyUrl: 'https://openrouter.ai/privacy',
  termsOfServiceUrl: 'https://openrouter.ai/terms',
  statusPageUrl: 'https://status.openrouter.ai/',
  headquarters: 'US',
  documentation: 'https://openrouter.ai/docs/api-reference/chat-completion',
})
