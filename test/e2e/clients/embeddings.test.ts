import { createOpenAI } from '@ai-sdk/openai'
import { OpenRouter } from '@openrouter/sdk'
import { embedMany } from 'ai'
import { CohereClient } from 'cohere-ai'
import OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { vectorOf } from '../../../src/simulator/protocols/embeddings/vector.ts'
import { startGateway, type TestGateway } from '../../gateway.ts'

const texts = ['one two', 'three', 'four five six', 'seven']
const vectors = texts.map((text) => vectorOf(text, 16))
const documents = ['Bread is baked early.', 'The river flows to the sea.']
const model = 'acme/embed'

let gateway: TestGateway
beforeAll(async () => {
  gateway = await startGateway({
    models: {
      [model]: {
        endpoints: [
          { provider: 'prov-a', model: 'steady', operations: ['embeddings'], max_inputs: 2, pricing: { prompt: 0.02 } },
        ],
      },
      'acme/rank': {
        endpoints: [{ provider: 'prov-a', model: 'steady', operations: ['rerank'], pricing: { prompt: 0.05 } }],
      },
    },
  })
})
afterAll(() => gateway.close())

describe('official clients', () => {
  test('the OpenAI SDK, which asks for base64 by itself, and for numbers where it is told to', async () => {
    const client = new OpenAI({ baseURL: `${gateway.url}/api/v1`, apiKey: gateway.key, maxRetries: 0 })
    gateway.simulator.clearJournal()
    const { data, usage } = await client.embeddings.create({ model, input: texts })
    expect(gateway.simulator.journal().map(({ body }) => Object(body).encoding_format)).toEqual(['base64', 'base64'])
    expect(data.map(({ embedding }) => embedding)).toEqual(vectors)
    expect(usage).toMatchObject({ prompt_tokens: 7, total_tokens: 7 })
    const plain = await client.embeddings.create({ model, input: texts, encoding_format: 'float', dimensions: 3 })
    expect(plain.data.map(({ embedding }) => embedding)).toEqual(texts.map((text) => vectorOf(text, 3)))
    await expect(client.embeddings.create({ model: 'acme/m1', input: 'a' })).rejects.toMatchObject({ status: 400 })
  })

  test('the OpenRouter SDK: embeddings, their models, and rankings', async () => {
    const client = new OpenRouter({ serverURL: `${gateway.url}/api/v1`, apiKey: gateway.key })
    const reply = await client.embeddings.generate({ requestBody: { model, input: texts } })
    expect(Object(reply).data.map(({ embedding }: { embedding: unknown }) => embedding)).toEqual(vectors)
    expect(Object(reply).usage).toMatchObject({ promptTokens: 7, cost: 1.4e-7 })
    const listed = await client.embeddings.listModels({})
    expect(JSON.stringify(listed)).toContain('"acme/embed"')
    const ranking = await client.rerank.rerank({
      requestBody: { model: 'acme/rank', query: 'the river', documents, topN: 1 },
    })
    expect(ranking).toMatchObject({ results: [{ index: 1, document: { text: documents[1] } }] })
  })

  test('the AI SDK', async () => {
    const provider = createOpenAI({ baseURL: `${gateway.url}/api/v1`, apiKey: gateway.key })
    const { embeddings, usage } = await embedMany({ model: provider.embedding(model), values: texts, maxRetries: 0 })
    expect(embeddings).toEqual(vectors)
    expect(usage.tokens).toBe(7)
  })

  test('the Cohere SDK ranks, since the address and the words are alike', async () => {
    const client = new CohereClient({ token: gateway.key, environment: `${gateway.url}/api` })
    const ranking = await client.rerank({ model: 'acme/rank', query: 'the river', documents, topN: 1 })
    expect(ranking.results).toMatchObject([{ index: 1, relevanceScore: expect.any(Number) }])
  })
})
