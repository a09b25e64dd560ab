import { defineProvider } from './provider.ts'

export default defineProvider({
  slug: 'voyage',
  name: 'Voyage AI',
  protocol: 'chat-completions',
  baseUrl: 'https://api.voyageai.com/v1',
  apiKeyVariables: ['VOYAGE_API_KEY'],
  quirks: {},
  // It serves no chats.
  operations: [],
  services: {
    embeddings: [
      { models: /^voyage-multimodal/, language: 'voyage-multimodal', maxInputs: 1_000 },
      {
        language: 'openai',
        maxInputs: 1_000,
        openai: {
          namesOnlyBase64: true,
          dimensionsField: 'output_dimension',
          purpose: { field: 'input_type', words: { query: 'query', document: 'document' } },
        },
      },
    ],
    rerank: [{ language: 'voyage' }],
  },
  privacyPolicyUrl: 'https://www.voyageai.com/privacy',
  termsOfServiceUrl: 'https://www.voyageai.com/tos',
  headquarters: 'US',
  documentation: 'https://docs.voyageai.com/reference/embeddings-api',
})
