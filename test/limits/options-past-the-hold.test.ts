import { createServer } from 'node:http'
import { once } from 'node:events'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { startGateway, testKey, type TestGateway } from '../gateway.ts'

/*
 * An upstream that does what it is asked for in any spelling and at any depth: it multiplies its answers by every count, and makes them as
 * long as every limit. A key with a limit never pays more than that.
 */

const limited = 'sk-or-v1-test-key-with-a-limit'
const limit = 0.01
const headers = { authorization: `Bearer ${limited}` }
const b64_json = 'iVBORw0KGgo='

let asked: Readonly<Record<string, unknown>>[] = []
const upstream = createServer((request, response) => {
  const pieces: Buffer[] = []
  request.on('data', (piece: Buffer) => pieces.push(piece))
  request.on('end', () => {
    const body = JSON.parse(Buffer.concat(pieces).toString())
    asked.push(body)
    response.writeHead(200, { 'content-type': 'application/json' })
    if (request.url?.endsWith('/images/generations') === true) {
      return void response.end(JSON.stringify({ data: Array.from({ length: largest(body, 1) }, () => ({ b64_json })) }))
    }
    if (request.url?.endsWith('/embeddings') === true) {
      const usage = { prompt_tokens: 1, total_tokens: 1 }
      return void response.end(JSON.stringify({ data: [{ index: 0, embedding: [1] }], usage }))
    }
    const message = { role: 'assistant', content: 'a' }
    const usage = { prompt_tokens: 1, completion_tokens: 90 * largest(body, 1) }
    response.end(JSON.stringify({ id: 'c', choices: [{ index: 0, message, finish_reason: 'stop' }], usage }))
  })
})

/** The largest number in a body, but for the limit that is held for. */
function largest(value: unknown, least: number): number {
  if (typeof value === 'number') return value === 90 ? least : Math.max(least, value)
  if (typeof value !== 'object' || value === null) return least
  return Object.values(value).reduce<number>((most, each) => largest(each, most), least)
}

let gateway: TestGateway
beforeAll(async () => {
  await once(upstream.listen(0, '127.0.0.1'), 'listening')
  const base_url = `http://127.0.0.1:${Object(upstream.address()).port}/v1`
  const endpoint = { provider: 'together', model: 'm' }
  gateway = await startGateway({
    keys: [
      { name: 'limited', key: limited, limit },
      { name: 'test', key: testKey },
    ],
    providers: Object.fromEntries(
      ['together', 'prov-a', 'prov-b', 'prov-c'].map((slug) => [slug, { base_url, api_key: 'a' }]),
    ),
    models: {
      'test/m': { endpoints: [{ ...endpoint, pricing: { prompt: 0, completion: 100 } }] },
      'test/painter': {
        output_modalities: ['image'],
        endpoints: [{ ...endpoint, operations: ['images'], pricing: { prompt: 0, output_image: 0.0001 } }],
      },
      'test/embed': { endpoints: [{ ...endpoint, operations: ['embeddings'], pricing: { prompt: 1 } }] },
    },
  })
})
afterAll(async () => {
  await gateway.close()
  upstream.close()
})
beforeEach(() => (asked = []))

const counts =
  `n best_of bestOf best-of candidateCount candidate_count num_generations numGenerations num_return_sequences num_images
  number_of_images numberOfImages sampleCount sample_count num_samples n_images max_images num_outputs num_completions batch_size
  images_per_prompt num_images_per_prompt N n[] n[0] parameters.n numberResults`.split(/\s+/)
const lengths =
  `max_tokens maxTokens max-tokens MAX_TOKENS max_completion_tokens maxOutputTokens max_output_tokens max_new_tokens
  maxNewTokens n_predict num_predict max_tokens_to_sample max_gen_len max_length max_generated_tokens thinking_budget thinkingBudget
  budget_tokens max_thinking_tokens reasoning_budget`.split(/\s+/)
const wrappers: Readonly<Record<string, (fields: object) => object>> = {
  plain: (fields) => fields,
  'in an object that the gateway writes elsewhere': (fields) => ({ generationConfig: fields }),
  'in its other spelling': (fields) => ({ generation_config: fields }),
  'in extra_body': (fields) => ({ extra_body: { deeper: [{ parameters: fields }] } }),
}

const ask = (body: object, more = {}) => gateway.chat({ model: 'test/m', max_tokens: 90, ...body }, more)
const costOf = async (reply: Response): Promise<number> => Object(await reply.json()).usage.cost

test.each(Object.entries(wrappers))('provider.options and unknown fields enlarge nothing: %s', async (_, wrap) => {
  for (const name of [...counts, ...lengths]) {
    const fields = wrap({ [name]: 100 })
    for (const body of [{ provider: { options: { together: fields } } }, fields]) {
      // The names that a chat has itself are what is held for.
      if (body === fields && (fields as Record<string, unknown>)[name] !== undefined && held.has(name)) continue
      asked = []
      const reply = await ask(body)
      expect({ name, status: reply.status, most: largest(asked[0], 1) }).toEqual({ name, status: 200, most: 1 })
      expect(await costOf(reply)).toBeLessThan(limit)
    }
  }
})
const held: ReadonlySet<string> = new Set(['n', 'max_tokens', 'max_completion_tokens'])

test('a key with a limit never pays more', async () => {
  for (const body of [
    { provider: { options: { together: { n: 100 } } } },
    { best_of: 100 },
    { image_config: { n: 100 } },
    { n: '1_00' },
    { n: 100 },
  ]) {
    const reply = await ask(body, headers)
    expect([200, 400, 402, 403]).toContain(reply.status)
    await reply.text()
  }
  const { data } = Object(await (await gateway.get('/api/v1/key', headers)).json())
  expect(data.usage).toBeLessThanOrEqual(limit)
})

test('of n as many choices are asked for as are held for', async () => {
  await (await ask({ n: 128 })).text()
  expect(asked[0]?.['n']).toBe(128)
})

test.each([1000, '100', '1_0', 2.5, true, [3]])('n of %o is refused', async (n) => {
  const reply = await ask({ n })
  expect({ status: reply.status, asked }).toEqual({ status: 400, asked: [] })
  await reply.text()
})

test.each(Object.entries(wrappers))('images: as many are made as are charged: %s', async (_, wrap) => {
  for (const name of counts) {
    for (const body of [{ provider: { options: { together: wrap({ [name]: 20 }) } } }, wrap({ [name]: 20 })]) {
      if (Object.hasOwn(body, 'n')) continue
      asked = []
      const reply = await gateway.post('/api/v1/images', { model: 'test/painter', prompt: 'a boat', ...body })
      expect({ name, status: reply.status, most: largest(asked[0], 1) }).toEqual({ name, status: 200, most: 1 })
    }
  }
})

test('what the gateway writes or decides comes in at no depth and in no spelling', async () => {
  const fields = {
    ...{ modalities: ['audio'], responseModalities: ['IMAGE'], audio: { voice: 'a' }, thinking: { type: 'enabled' } },
    ...{ serviceTier: 'priority', inference_geo: 'us', data_sources: [{}], store: true, safety_identifier: 'raw' },
    ...{ systemInstruction: {}, 'service-tier': 'priority', Model: 'dear', messages_: [], search_parameters: {} },
  }
  for (const options of [fields, { extra_body: fields }]) {
    await (await ask({ provider: { options: { together: options } } })).text()
    const sent = JSON.stringify(asked.at(-1))
    for (const name of Object.keys(fields))
      expect(sent).not.toContain(`"${name}":${JSON.stringify(Object(fields)[name])}`)
  }
})

test('documented options that enlarge nothing reach the provider', async () => {
  const options = {
    ...{ reasoning_format: 'parsed', top_k: 3, min_tokens: 0, repeat_penalty: 1.1, steps: 4, store: false, n: 1 },
    ...{ guided_json: { properties: { n: { type: 'integer' } } }, chat_template_kwargs: { thinking: true } },
    ...{ enable_thinking: false, truncate_prompt_tokens: 8, max_prompt_tokens: 8, image_size: '1K' },
  }
  await (await ask({ provider: { options: { together: options } } })).text()
  expect(asked[0]).toMatchObject(options)
})

test('nor does another spelling replace what the gateway writes', async () => {
  await (await ask({ temperature: 0.5, provider: { options: { together: { Temperature: 2 } } } })).text()
  expect(asked[0]).not.toHaveProperty('Temperature')
})
