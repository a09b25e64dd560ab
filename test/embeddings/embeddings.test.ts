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
      'acme/embed-part-fails': {
        endpoints: [at('first-1-status-503', { max_inputs: 3 }), at('steady', { pricing: { prompt: 0.05 } }, 'prov-b')],
      },
      'acme/embed-no-usage': { endpoints: [at('no-usage')] },
      'acme/embed-empty': { endpoints: [at('empty'), at('steady', {}, 'prov-b')] },
      'acme/embed-malformed': { endpoints: [at('malformed-after-1'), at('steady', {}, 'prov-b')] },
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

describe('batches', () => {
  test('one that is larger than the provider takes is split, and put together in order', async () => {
    const input = Array.from({ length: 10 }, (_, number) => `text number ${number}`)
    gateway.simulator.clearJournal()
    const reply = await json(embed({ model: 'acme/embed-small-batches', input }))
    expect(vectorsOf(reply)).toEqual(input.map((text) => numbers(text)))
    expect(reply.data.map(({ index }) => index)).toEqual(input.map((_, index) => index))
    // 30 words at 0.02 USD per million.
    expect(reply.usage).toMatchObject({ prompt_tokens: 30, cost: 6e-7 })
    const sent = gateway.simulator.journal().map(({ body }) => Object(body).input)
    expect(sent).toEqual([input.slice(0, 3), input.slice(3, 6), input.slice(6, 9), input.slice(9)])
    expect(await generationOf(reply)).toMatchObject({ tokens_prompt: 30, provider_responses: [{ status: 200 }] })
  })

  test('where a part fails, the whole batch goes to the next endpoint', async () => {
    const input = Array.from({ length: 9 }, (_, number) => `text ${number}`)
    const reply = await json(embed({ model: 'acme/embed-part-fails', input }))
    expect(reply).toMatchObject({ provider: 'Prov B' })
    expect(vectorsOf(reply)).toEqual(input.map((text) => numbers(text)))
    // 18 words at 0.05 USD per million: the parts of the first endpoint are not charged.
    expect(reply.usage).toMatchObject({ prompt_tokens: 18, cost: 9e-7 })
    expect(await generationOf(reply)).toMatchObject({ provider_responses: [{ status: 503 }, { status: 200 }] })
  })

  test('more inputs than a request may have are refused', async () => {
    const reply = await embed({ input: Array.from({ length: 2049 }, () => 'a') })
    expect(reply.status).toBe(400)
    expect(await reply.text()).toContain('input must have at most 2048 items, got 2049')
  })
})

describe('failures', () => {
  test.each(['acme/embed-falls-back', 'acme/embed-cut', 'acme/embed-empty', 'acme/embed-malformed'])(
    '%s: another endpoint answers',
    async (model) => {
      expect(await json(embed({ model, input: 'one two' }))).toMatchObject({
        provider: 'Prov B',
        data: [{ embedding: numbers('one two') }],
      })
    },
  )

  test('usage that is not reported is estimated, and charged', async () => {
    const reply = await json(embed({ model: 'acme/embed-no-usage', input: 'one two three' }))
    expect(reply.usage.prompt_tokens).toBe(3)
    expect(reply.usage.cost).toBe(6e-8)
  })

  test.each([
    ['no input', { input: undefined }, 'input'],
    ['an empty text', { input: '' }, 'input'],
    ['an empty list', { input: [] }, 'input'],
    ['texts and ids', { input: ['a', 1] }, 'input[1]'],
    ['half an id', { input: [1.5] }, 'input[0]'],
    ['an unknown part', { input: [{ content: [{ type: 'smell' }] }] }, 'input[0].content[0].type'],
    ['no model', { input: 'a', model: undefined }, 'model'],
    ['another encoding', { input: 'a', encoding_format: 'int8' }, 'encoding_format'],
    ['dimensions 0', { input: 'a', dimensions: 0 }, 'dimensions'],
    ['a session that is too long', { input: 'a', session_id: 's'.repeat(257) }, 'session_id'],
  ])('contract §8.A4: %s is refused', async (_, body, path) => {
    const reply = await embed(body)
    expect(reply.status).toBe(400)
    expect(JSON.parse(await reply.text()).error.metadata.issues[0].path).toBe(path)
  })

  test.each([
    ['/api/v1/embeddings', { model: 'acme/m1', input: 'a' }, '/api/v1/chat/completions'],
    [
      '/api/v1/chat/completions',
      { model: 'acme/embed', messages: [{ role: 'user', content: 'a' }] },
      '/api/v1/embeddings',
    ],
    ['/api/v1/completions', { model: 'acme/embed', prompt: 'a' }, '/api/v1/embeddings'],
  ])('contract row 18: %s names the address of a model of another kind', async (path, body, address) => {
    const reply = await gateway.post(path, body)
    expect(reply.status).toBe(400)
    expect(JSON.parse(await reply.text()).error.availability).toMatchObject({
      code: 'wrong_endpoint',
      constraint: { field: 'model', detail: address },
    })
  })
})

test('contract §8.A: the models are listed apart', async () => {
  const slugs = async (path: string): Promise<readonly string[]> => {
    const { data } = JSON.parse(await (await gateway.get(path)).text())
    return data.map(({ id }: { id: string }) => id)
  }
  expect(await slugs('/api/v1/models')).toEqual(['acme/m1', 'acme/m2'])
  const embedding = await slugs('/api/v1/embeddings/models')
  expect(embedding).toContain('acme/embed')
  expect(embedding).not.toContain('acme/m1')
  expect(await slugs('/api/v1/models?output_modalities=embeddings')).toEqual(embedding)
})
