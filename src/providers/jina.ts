import { defineProvider } from './provider.ts'

export default defineProvider({
  slug: 'jina',
  name: 'Jina AI',
  protocol: 'chat-completions',
  baseUrl: 'https://api.jina.ai/v1',
  apiKeyVariables: ['JINA_API_KEY'],
  quirks: {},
  // It serves no chats.
  operations: [],
  services: {
    embeddings: [
      {
        language: 'openai',
        maxInputs: 512,
        openai: {
          encodingField: 'embedding_type',
          inputs: 'jina',
          purpose: {
            field: 'task',
            words: {
              query: 'retrieval.query',
              document: 'retrieval.passage',
              classification: 'classification',
              clustering: 'separation',
              similarity: 'text-matching',
            },
          },
        },
      },
    ],
    rerank: [{ language: 'jina' }],
  },
  privacyPolicyUrl: 'https://jina.ai/legal/',
  termsOfServiceUrl: 'https://jina.ai/legal/',
  statusPageUrl: 'https://status.jina.ai/',
  headquarters: 'DE',
  documentation: 'https://api.jina.ai/redoc',
})
