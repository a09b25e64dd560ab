import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { embeddingsUpstreams } from '../../src/protocols/embeddings/upstream.ts'
import { base64Of, vectorOf } from '../../src/simulator/protocols/embeddings/vector.ts'
import { startGateway, type TestGateway } from '../gateway.ts'

const languages = Object.keys(embeddingsUpstreams)
/** These embed one text a call, which the provider's file says where it is built in. */
const single = new Set(['bedrock-titan', 'vertex-content'])
const multimodal = ['google', 'vertex-content', 'cohere', 'voyage-multimodal']

let gateway: TestGateway
beforeAll(async () => {
  gateway = await startGateway()
  const endpoint = (provider: string, model = 'steady') => ({
    provider,
    model,
    operations: ['embeddings'],
    pricing: { prompt: 0.1 },
    ...(single.has(provider.slice('by-'.length)) && { max_inputs: 1 }),
  })
  await gateway.reload({
    providers: Object.fromEntries([
      ...languages.map((language) => [
        `by-${language}`,
        { base_url: `${gateway.simulator.url}/v1`, api_key: 'k', services: { embeddings: language } },
      ]),
      ['prov-a', { base_url: `${gateway.simulator.url}/v1`, api_key: 'k' }],
      ['prov-b', { base_url: `${gateway.simulator.url}/v1`, api_key: 'k' }],
    ]),
    models: {
      'acme/m1': { endpoints: [{ provider: 'prov-a', model: 'steady' }] },
      'acme/m2': { endpoints: [{ provider: 'prov-b', model: 'steady' }] },
      ...Object.fromEntries(
        languages.flatMap((language) => [
          [`acme/${language}`, { input_modalities: ['text', 'image'], endpoints: [endpoint(`by-${language}`)] }],
          [`acme/${language}-fails`, { endpoints: [endpoint(`by-${language}`, 'status-429'), endpoint('prov-b')] }],
        ]),
      ),
    },
  })
})
afterAll(() => gateway.close())

interface Reply {
  readonly provider: string
  readonly data: readonly { readonly embedding: unknown }[]
  readonly usage: { readonly prompt_tokens: number; readonly cost: number }
}

const send = (body: object) => gateway.post('/api/v1/embeddings', body)
const json = async (body: object): Promise<Reply> => JSON.parse(await (await send(body)).text())
const bodies = () => gateway.simulator.journal().map(({ body }) => Object(body))

describe.each(languages)('in the language of %s', (language) => {
  const model = `acme/${language}`
  const input = ['one two', 'three', 'four five six']

  test('the vectors come in order, as numbers and as base64', async () => {
    const plain = await json({ model, input })
    // The simulator embeds what this language sends it as one JSON text.
    const texts =
      language === 'voyage-multimodal' ? input.map((text) => JSON.stringify([{ type: 'text', text }])) : input
    expect(plain.data.map(({ embedding }) => embedding)).toEqual(texts.map((text) => vectorOf(text, 16)))
    const encoded = await json({ model, input, encoding_format: 'base64', dimensions: 4 })
    expect(encoded.data.map(({ embedding }) => embedding)).toEqual(texts.map((text) => base64Of(vectorOf(text, 4))))
  })

  test('what the vectors are for is said in its own word', async () => {
    gateway.simulator.clearJournal()
    await json({ model, input: 'a', input_type: 'search_query' })
    const task = 'RETRIEVAL_QUERY'
    const words = { google: task, vertex: task, 'vertex-content': task, 'voyage-multimodal': 'query' }
    const [word] = Object.entries(words).flatMap(([name, word]) => (name === language ? [word] : []))
    const expected = word ?? (language.includes('cohere') ? 'search_query' : undefined)
    if (expected === undefined) expect(JSON.stringify(bodies()[0])).not.toMatch(/query/i)
    else expect(JSON.stringify(bodies()[0])).toContain(`"${expected}"`)
  })

  test('its failures are read, and another endpoint answers', async () => {
    expect(await json({ model: `${model}-fails`, input })).toMatchObject({ provider: 'prov-b' })
  })

  test('pictures are sent to who reads them, and refused by all others', async () => {
    const picture =
      'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
    const content = [
      { type: 'text', text: 'a dot' },
      { type: 'image_url', image_url: { url: picture } },
    ]
    gateway.simulator.clearJournal()
    const reply = await send({ model, input: [{ content }] })
    if (language === 'openai' || multimodal.includes(language)) {
      expect(reply.status).toBe(200)
      expect(JSON.stringify(bodies())).toContain('iVBORw0KGgo')
    } else {
      expect(reply.status).toBe(400)
      expect(await reply.text()).toContain('image')
    }
  })

  test('token ids are sent to who reads them, and refused by all others', async () => {
    expect((await send({ model, input: [[1, 2], [3]] })).status).toBe(language === 'openai' ? 200 : 400)
  })
})

test('contract §8.A4: what an upstream of the same language might know goes on, and the fields of the gateway do not', async () => {
  gateway.simulator.clearJournal()
  const own = { truncate: 'END', vendor: { deep: [1] } }
  await json({
    model: 'acme/openai',
    input: ['a'],
    user: 'u',
    session_id: 's',
    trace: { trace_id: 't' },
    provider: {},
    ...own,
  })
  expect(bodies()).toEqual([{ model: 'steady', input: ['a'], encoding_format: 'float', ...own }])
})
