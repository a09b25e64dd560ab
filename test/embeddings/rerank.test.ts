import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startGateway, type TestGateway } from '../gateway.ts'

/** A provider that ranks in one language. The form of the simulator's reply follows from the address and the request. */
const provider = (url: string, language: string, path: string) => ({
  base_url: `${url}/${path}`,
  api_key: 'k',
  services: { rerank: language },
})

const at = (provider: string, model = 'steady', pricing: object = { prompt: 0.05 }) => ({
  provider,
  model,
  operations: ['rerank'],
  pricing,
})

let gateway: TestGateway
beforeAll(async () => {
  gateway = await startGateway({})
  await gateway.reload({
    providers: {
      jina: provider(gateway.simulator.url, 'jina', 'jina/v1'),
      cohere: provider(gateway.simulator.url, 'cohere', 'cohere/v2'),
      voyage: provider(gateway.simulator.url, 'voyage', 'voyage/v1'),
      tei: provider(gateway.simulator.url, 'tei', 'tei'),
    },
    models: {
      'acme/m1': { endpoints: [{ provider: 'jina', model: 'steady' }] },
      'acme/m2': { endpoints: [{ provider: 'jina', model: 'steady' }] },
      ...Object.fromEntries(
        ['jina', 'cohere', 'voyage', 'tei'].map((slug) => [
          `acme/rank-${slug}`,
          { endpoints: [at(slug, 'steady', slug === 'cohere' ? { search_unit: 0.002 } : { prompt: 0.05 })] },
        ]),
      ),
      'acme/rank-falls-back': { endpoints: [at('jina', 'status-500'), at('voyage')] },
      'acme/rank-empty': { endpoints: [at('jina', 'empty')] },
      'acme/rank-no-usage': { endpoints: [at('cohere', 'no-usage', { search_unit: 0.002 })] },
    },
  })
})
afterAll(() => gateway.close())

const documents = ['Bread is baked early.', 'The river flows to the sea.', { text: 'A river of bread.' }]
const rank = (body: object) => gateway.post('/api/v1/rerank', { query: 'where flows the river', documents, ...body })
const json = async (reply: Promise<Response>) => JSON.parse(await (await reply).text())

describe('contract §8.B: POST /rerank', () => {
  test.each(['jina', 'cohere', 'voyage', 'tei'])('in the language of %s', async (language) => {
    const reply = await json(rank({ model: `acme/rank-${language}` }))
    expect(reply).toMatchObject({
      id: expect.stringMatching(/^gen-/),
      model: `acme/rank-${language}`,
      results: [
        { index: 1, document: { text: 'The river flows to the sea.' } },
        { index: 2, document: { text: 'A river of bread.' } },
        { index: 0, document: { text: 'Bread is baked early.' } },
      ],
    })
    const scores = reply.results.map(({ relevance_score }: { relevance_score: number }) => relevance_score)
    expect(scores).toEqual(scores.toSorted((one: number, other: number) => other - one))
  })

  test('only the best are returned, also of a provider that ranks all', async () => {
    for (const language of ['jina', 'cohere', 'voyage', 'tei']) {
      const { results } = await json(rank({ model: `acme/rank-${language}`, top_n: 1 }))
      expect(results.map(({ index }: { index: number }) => index)).toEqual([1])
    }
  })

  test('contract §6.16: tokens are charged, or search units', async () => {
    // The query has 4 words, the documents 4, 6 and 4: each is read together with the query.
    expect((await json(rank({ model: 'acme/rank-jina' }))).usage).toEqual({
      total_tokens: 26,
      // 26 tokens at 0.05 USD per million are 1,300 nano-USD.
      cost: 1.3e-6,
      is_byok: false,
    })
    const many = Array.from({ length: 101 }, (_, number) => `document ${number}`)
    const { usage, id } = await json(rank({ model: 'acme/rank-cohere', documents: many }))
    expect(usage).toEqual({ search_units: 2, cost: 0.004, is_byok: false })
    const { data } = await json(gateway.get(`/api/v1/generation?id=${id}`))
    expect(data).toMatchObject({ api_type: 'rerank', total_cost: 0.004, tokens_prompt: null, finish_reason: 'stop' })
  })

  test('what is not counted is estimated', async () => {
    expect((await json(rank({ model: 'acme/rank-no-usage' }))).usage).toMatchObject({ search_units: 1, cost: 0.002 })
  })

  test('another endpoint answers where one fails, and an empty ranking is a failure', async () => {
    expect(await json(rank({ model: 'acme/rank-falls-back' }))).toMatchObject({ provider: 'Voyage AI' })
    const reply = await rank({ model: 'acme/rank-empty' })
    expect(reply.status).toBe(502)
    expect(await reply.text()).toContain('sent 0 results for 3 documents')
  })

  test.each([
    ['no query', { query: undefined }, 'query'],
    ['an empty query', { query: '' }, 'query'],
    ['no documents', { documents: [] }, 'documents'],
    ['an empty document', { documents: [{}] }, 'documents[0]'],
    ['a number', { documents: [5] }, 'documents[0]'],
    ['top_n 0', { top_n: 0 }, 'top_n'],
    ['no model', { model: undefined }, 'model'],
  ])('%s is refused', async (_, body, path) => {
    const reply = await rank({ model: 'acme/rank-jina', ...body })
    expect(reply.status).toBe(400)
    expect(JSON.parse(await reply.text()).error.metadata.issues[0].path).toBe(path)
  })

  test('contract §5.4: a model of another kind names its address', async () => {
    const reply = await rank({ model: 'acme/m1' })
    expect(reply.status).toBe(400)
    expect(JSON.parse(await reply.text()).error.availability).toMatchObject({
      code: 'wrong_endpoint',
      constraint: { field: 'model', detail: '/api/v1/chat/completions' },
    })
  })
})
