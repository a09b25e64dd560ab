import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { providers } from '../../src/providers/_registry.ts'
import { startGateway, type TestGateway } from '../gateway.ts'

/* The calls of the built-in providers, field by field, as the reference or the official SDK of each vendor has them. */

const picture = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
const dataUrl = `data:image/png;base64,${picture}`
const dot = { content: [{ type: 'image_url', image_url: { url: dataUrl } }] }
const word = { content: [{ type: 'text', text: 'a dot' }] }
const both = { content: [...word.content, ...dot.content] }

/** What the upstream's own ids begin with, by which a provider tells its languages apart. The simulator takes an unknown model for steady. */
const upstreamModels = {
  cohere: 'embed-v4.0',
  voyage: 'voyage-4',
  jina: 'jina-embeddings-v4',
  'google-ai-studio': 'gemini-embedding-001',
  'google-vertex': 'gemini-embedding-2',
  'amazon-bedrock': 'us.cohere.embed-v4:0',
}

let gateway: TestGateway
beforeAll(async () => {
  gateway = await startGateway()
  const at = (provider: string, model: string, operation = 'embeddings') => ({
    input_modalities: ['text', 'image'],
    endpoints: [{ provider, model, operations: [operation], pricing: { prompt: 0.1 } }],
  })
  const usual = { endpoints: [{ provider: 'jina-like', model: 'steady' }] }
  const reloaded = await gateway.reload({
    providers: {
      'jina-like': { base_url: `${gateway.simulator.url}/v1`, api_key: 'k' },
      ...Object.fromEntries(
        Object.keys(upstreamModels).map((slug) => [
          slug,
          { base_url: `${gateway.simulator.url}/${slug}`, api_key: 'k' },
        ]),
      ),
    },
    models: {
      'acme/m1': usual,
      'acme/m2': usual,
      ...Object.fromEntries(Object.entries(upstreamModels).map(([slug, model]) => [`acme/${slug}`, at(slug, model)])),
      'acme/voyage-multimodal': at('voyage', 'voyage-multimodal-3.5'),
      'acme/titan-image': at('amazon-bedrock', 'amazon.titan-embed-image-v1'),
      'acme/titan-text': at('amazon-bedrock', 'amazon.titan-embed-text-v2:0'),
      'acme/vertex-predict': at('google-vertex', 'text-embedding-005'),
      'acme/rank-cohere': at('cohere', 'rerank-v4.0-pro', 'rerank'),
      'acme/rank-voyage': at('voyage', 'rerank-2.5', 'rerank'),
      'acme/rank-jina': at('jina', 'jina-reranker-v3', 'rerank'),
    },
  })
  expect(reloaded.type).not.toBe('refused')
})
afterAll(() => gateway.close())

async function sent(path: string, body: object): Promise<readonly { readonly path: string; readonly body: unknown }[]> {
  gateway.simulator.clearJournal()
  const reply = await gateway.post(`/api/v1${path}`, body)
  expect(reply.status, await reply.text()).toBe(200)
  return gateway.simulator.journal().map((call) => ({ path: call.path, body: call.body }))
}

const asked = { input_type: 'search_query', dimensions: 8, encoding_format: 'base64' }
const embed = (name: string, input: unknown, more: object = asked) =>
  sent('/embeddings', { model: `acme/${name}`, input, ...more })

describe('embeddings', () => {
  test('Cohere: https://docs.cohere.com/reference/embed', async () => {
    const common = { model: 'embed-v4.0', input_type: 'search_query', embedding_types: ['float'], output_dimension: 8 }
    expect(await embed('cohere', ['a', 'b'])).toEqual([
      { path: '/cohere/embed', body: { ...common, texts: ['a', 'b'] } },
    ])
    expect(await embed('cohere', [both])).toMatchObject([{ body: { ...common, inputs: [both] } }])
  })

  test('Voyage: https://docs.voyageai.com/reference/embeddings-api', async () => {
    const common = { input_type: 'query', output_dimension: 8 }
    expect(await embed('voyage', ['a'])).toEqual([
      {
        path: '/voyage/embeddings',
        body: { ...common, model: 'voyage-4', input: ['a'], encoding_format: 'base64' },
      },
    ])
    expect(await embed('voyage', ['a'], {})).toMatchObject([{ body: { model: 'voyage-4', input: ['a'] } }])
    expect(await embed('voyage-multimodal', [both])).toEqual([
      {
        path: '/voyage/multimodalembeddings',
        body: {
          ...common,
          model: 'voyage-multimodal-3.5',
          inputs: [
            {
              content: [
                { type: 'text', text: 'a dot' },
                { type: 'image_base64', image_base64: dataUrl },
              ],
            },
          ],
          encoding_format: 'base64',
        },
      },
    ])
  })

  test('Jina: https://api.jina.ai/redoc', async () => {
    const common = { model: 'jina-embeddings-v4', task: 'retrieval.query', dimensions: 8, embedding_type: 'base64' }
    expect(await embed('jina', ['a'])).toEqual([{ path: '/jina/embeddings', body: { ...common, input: ['a'] } }])
    expect(await embed('jina', [word, dot])).toMatchObject([
      { body: { ...common, input: [{ text: 'a dot' }, { image: picture }] } },
    ])
    const together = await gateway.post('/api/v1/embeddings', { model: 'acme/jina', input: [both] })
    expect(together.status).toBe(400)
    expect(await together.text()).toContain('several parts together')
  })

  test('Google AI Studio: https://ai.google.dev/api/embeddings', async () => {
    const model = 'models/gemini-embedding-001'
    expect(await embed('google-ai-studio', ['a', 'b'])).toEqual([
      {
        path: `/google-ai-studio/${model}:batchEmbedContents`,
        body: {
          requests: ['a', 'b'].map((text) => ({
            model,
            content: { parts: [{ text }] },
            taskType: 'RETRIEVAL_QUERY',
            outputDimensionality: 8,
          })),
        },
      },
    ])
  })

  test('Vertex AI: one content a call for the newer models of Gemini, instances for the others', async () => {
    const models = '/google-vertex/publishers/google/models'
    const embedContentConfig = { autoTruncate: false, taskType: 'RETRIEVAL_QUERY', outputDimensionality: 8 }
    expect(await embed('google-vertex', [word, both])).toEqual(
      [[{ text: 'a dot' }], [{ text: 'a dot' }, { inlineData: { mimeType: 'image/png', data: picture } }]].map(
        (parts) => ({
          path: `${models}/gemini-embedding-2:embedContent`,
          body: { content: { parts }, embedContentConfig },
        }),
      ),
    )
    expect(await embed('vertex-predict', ['a', 'b'])).toEqual([
      {
        path: `${models}/text-embedding-005:predict`,
        body: {
          instances: ['a', 'b'].map((content) => ({ content, task_type: 'RETRIEVAL_QUERY' })),
          parameters: { autoTruncate: false, outputDimensionality: 8 },
        },
      },
    ])
  })

  test('Bedrock: https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-embed-v4.html and …-titan-embed-mm.html', async () => {
    const cohere = { input_type: 'search_query', embedding_types: ['float'], output_dimension: 8 }
    const path = '/amazon-bedrock/model/us.cohere.embed-v4%3A0/invoke'
    expect(await embed('amazon-bedrock', ['a', 'b'])).toEqual([{ path, body: { ...cohere, texts: ['a', 'b'] } }])
    expect(await embed('amazon-bedrock', [both])).toEqual([
      {
        path,
        body: {
          ...cohere,
          inputs: [
            {
              content: [
                { type: 'text', text: 'a dot' },
                { type: 'image_url', image_url: dataUrl },
              ],
            },
          ],
        },
      },
    ])
    expect(await embed('titan-image', [both])).toMatchObject([
      { body: { inputText: 'a dot', inputImage: picture, embeddingConfig: { outputEmbeddingLength: 8 } } },
    ])
    expect(await embed('titan-text', ['a', 'b'])).toMatchObject(
      ['a', 'b'].map((inputText) => ({ body: { inputText, dimensions: 8 } })),
    )
  })

  test('every built-in provider has a row here or speaks OpenAI’s language', () => {
    const others = providers.filter(({ services }) =>
      services?.embeddings?.some(({ language, openai }) => language !== 'openai' || openai?.inputs !== undefined),
    )
    expect(Object.keys(upstreamModels).toSorted()).toEqual(others.map(({ slug }) => slug).toSorted())
  })
})

describe('rankings', () => {
  const documents = ['Bread.', 'A river.']
  const common = { query: 'river', documents }
  test.each([
    ['Cohere: https://docs.cohere.com/reference/rerank', 'cohere', { model: 'rerank-v4.0-pro', top_n: 1 }],
    ['Voyage: https://docs.voyageai.com/reference/reranker-api', 'voyage', { model: 'rerank-2.5', top_k: 1 }],
    ['Jina: https://api.jina.ai/redoc', 'jina', { model: 'jina-reranker-v3', top_n: 1, return_documents: false }],
  ])('%s', async (_, slug, fields) => {
    expect(await sent('/rerank', { model: `acme/rank-${slug}`, ...common, top_n: 1 })).toEqual([
      { path: `/${slug}/rerank`, body: { ...common, ...fields } },
    ])
  })
})
