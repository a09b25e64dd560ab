import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { base64Of, vectorOf } from '../../src/simulator/protocols/embeddings/vector.ts'
import { startGateway, type TestGateway } from '../gateway.ts'

const at = (model: string, more: object = {}, provider = 'prov-a') => ({
  provider,
  model,
  operations: ['embeddings'],
  pricing: { prompt: 0.02 },
  ...more,
})

let gateway: TestGateway
beforeAll(async () => {
  gateway = await startGateway({
    models: {
      'acme/embed': { context_length: 8192, endpoints: [at('steady')] },
      'acme/embed-small-batches': { endpoints: [at('steady', { max_inputs: 3 })] },
      'acme/embed-falls-back': {
        endpoints: [at('status-503'), at('steady', { pricing: { prompt: 0.05 } }, 'prov-b')],
      },
      'acme/embed-no-usage': { endpoints: [at('no-usage')] },
      'acme/embed-empty': { endpoints: [at('empty')] },
      'acme/embed-malformed': { endpoints: [at('malformed-after-1')] },
      'acme/embed-cut': { endpoints: [at('cut-after-1'), at('steady', {}, 'prov-b')] },
      'acme/images': { input_modalities: ['text', 'image'], endpoints: [at('steady')] },
    },
  })
})
afterAll(() => gateway.close())

const embed = (body: object) => gateway.post('/api/v1/embeddings', { model: 'acme/embed', ...body })

interface EmbeddingsReply {
  readonly id: string
  readonly data: readonly { readonly index: number; readonly embedding: unknown }[]
  readonly usage: { readonly prompt_tokens: number; readonly cost: number }
}

const json = async (reply: Promise<Response>): Promise<EmbeddingsReply> => JSON.parse(await (await reply).text())
const vectorsOf = ({ data }: EmbeddingsReply) => data.map(({ embedding }) => embedding)
const numbers = (text: string, dimensions = 16): readonly number[] => vectorOf(text, dimensions)
const generationOf = async ({ id }: EmbeddingsReply): Promise<unknown> => {
  const reply = await gateway.get(`/api/v1/generation?id=${id}`)
  return JSON.parse(await reply.text()).data
}

describe('the reply', () => {
  test('contract §8.A4: one text', async () => {
    const reply = await json(embed({ input: 'one two three' }))
    expect(reply).toEqual({
      object: 'list',
      id: expect.stringMatching(/^gen-\d+-\w{20}$/),
      model: 'acme/embed',
      provider: 'Prov A',
      data: [{ object: 'embedding', index: 0, embedding: numbers('one two three') }],
      usage: {
        prompt_tokens: 3,
        total_tokens: 3,
        // 3 tokens at 0.02 USD per million are 60 nano-USD.
        cost: 6e-8,
        is_byok: false,
        cost_details: {
          upstream_inference_cost: null,
          upstream_inference_prompt_cost: 6e-8,
          upstream_inference_completions_cost: 0,
        },
      },
    })
  })

  test('contract §8.A3: it is on record as what it is', async () => {
    const reply = await json(
      embed({ input: 'one two three', user: 'u-1', session_id: 's-1', trace: { trace_id: 't' } }),
    )
    expect(await generationOf(reply)).toMatchObject({
      api_type: 'embeddings',
      model: 'acme/embed',
      tokens_prompt: 3,
      tokens_completion: 0,
      total_cost: 6e-8,
      external_user: 'u-1',
      session_id: 's-1',
      streamed: false,
      finish_reason: 'stop',
    })
  })

  test.each([
    ['texts', ['a', 'b c'], ['a', 'b c'], 3],
    ['token ids', [1, 2, 3], ['1 2 3'], 3],
    ['lists of token ids', [[1, 2], [3]], ['1 2', '3'], 3],
  ])('contract §8.A4: %s', async (_, input, texts, tokens) => {
    const reply = await json(embed({ input }))
    expect(vectorsOf(reply)).toEqual(texts.map((text) => numbers(text)))
    expect(reply.data.map(({ index }) => index)).toEqual(texts.map((_, index) => index))
    expect(reply.usage.prompt_tokens).toBe(tokens)
  })

  test('contract §8.A4: base64 and a length', async () => {
    const reply = await json(embed({ input: ['a', 'b'], encoding_format: 'base64', dimensions: 5 }))
    expect(vectorsOf(reply)).toEqual(['a', 'b'].map((text) => base64Of(vectorOf(text, 5))))
  })
})
