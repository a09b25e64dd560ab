import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { at, post, sendRequest } from './test-client.ts'
import { type Simulator, startSimulator } from './simulator.ts'

let simulator: Simulator
beforeAll(async () => {
  simulator = await startSimulator()
})
afterAll(() => simulator.close())
beforeEach(() => {
  simulator.setBehaviour(null)
  simulator.clearJournal()
})

const messages = [{ role: 'user', content: 'hi' }]
const request = (path: string, body: object) => post(`${simulator.url}/v1/${path}`, { model: 'steady', ...body })
const chat = (body: object) => request('chat/completions', { messages, ...body })
const format = (schema: object) => ({
  response_format: { type: 'json_schema', json_schema: { name: 'answer', schema } },
})
const content = (text: string): unknown => JSON.parse(String(at(JSON.parse(text), 'choices', 0, 'message', 'content')))

/** `a0` needs `a1` twice, and so on: the size is two to the power of the depth. */
const doubling = {
  $ref: '#/$defs/a0',
  $defs: Object.fromEntries(
    Array.from({ length: 30 }, (_, depth) => {
      const next = { $ref: `#/$defs/a${depth + 1}` }
      return [`a${depth}`, { type: 'object', properties: { x: next, y: next }, required: ['x', 'y'] }]
    }),
  ),
}

const greedy: readonly (readonly [string, object])[] = [
  ['items', { type: 'array', minItems: 3e7 }],
  ['characters', { type: 'string', minLength: 5e8 }],
  ['values of a thousand items', { type: 'array', minItems: 1000, items: { const: 'x'.repeat(1000) } }],
  ['items of items', { type: 'array', minItems: 1000, items: { type: 'array', minItems: 1000 } }],
  ['properties that double', doubling],
]

describe('a schema that asks for too much', () => {
  test.each(greedy)('%s are refused with the reason', async (_, schema) => {
    const { status, text } = await chat(format(schema))
    expect(status).toBe(400)
    expect(at(JSON.parse(text), 'error', 'message')).toMatch(/more than 100000 characters.*minItems, minLength/)
  })

  test('is refused in the parameters of a tool too, in each protocol', async () => {
    const parameters = { type: 'object', properties: { list: { type: 'array', minItems: 3e7 } } }
    const tool = { type: 'function', function: { name: 'f', parameters } }
    expect((await chat({ tools: [tool], tool_choice: 'required' })).status).toBe(400)
    const claude = { max_tokens: 9, tools: [{ name: 'f', input_schema: parameters }], tool_choice: { type: 'any' } }
    const { status, text } = await post(`${simulator.url}/v1/messages`, { model: 'steady', messages, ...claude })
    expect([status, at(JSON.parse(text), 'type')]).toEqual([400, 'error'])
  })

  test('the limit is for all choices together', async () => {
    const schema = { type: 'string', minLength: 1000 }
    expect((await chat({ ...format(schema), n: 50 })).status).toBe(200)
    expect((await chat({ ...format(schema), n: 128 })).status).toBe(400)
  })

  test('differs from one that asks for much but not too much', async () => {
    const { status, text } = await chat(
      format({ type: 'array', minItems: 500, items: { type: 'string', minLength: 99 } }),
    )
    expect(status).toBe(200)
    expect(content(text)).toHaveLength(500)
  })
})

describe('a request that is refused because its answer would be useless', () => {
  test('asks for too many choices, echoes or alternatives', async () => {
    const prompts = (count: number) => Array.from({ length: count }, () => 'a')
    const refused = await Promise.all([
      request('completions', { prompt: prompts(1025) }),
      request('completions', { prompt: prompts(9), n: 128 }),
      request('completions', { prompt: 'a '.repeat(1000), echo: true, n: 101 }),
      request('completions', { prompt: 'a', logprobs: 1e9 }),
      chat({ logprobs: true, top_logprobs: 1e9 }),
    ])
    expect(refused.map(({ status }) => status)).toEqual([400, 400, 400, 400, 400])
    for (const { text } of refused) expect(at(JSON.parse(text), 'error', 'message')).toMatch(/at most/i)
    const { text } = await request('completions', { prompt: prompts(100), echo: true })
    expect(at(JSON.parse(text), 'choices')).toHaveLength(100)
  })

  test('has a model id longer than the simulator keeps', async () => {
    expect((await chat({ model: 'm'.repeat(512) })).status).toBe(200)
    expect((await chat({ model: 'm'.repeat(513) })).text).toContain('The model id has 513 characters')
  })
})

describe('the control addresses', () => {
  const control = (headers: Readonly<Record<string, string>>, url = simulator.url) =>
    sendRequest(`${url}/_behaviour`, { behaviour: 'status-500' }, 'POST', headers).reply
  const journal = (headers: Readonly<Record<string, string>>) =>
    sendRequest(`${simulator.url}/_journal`, null, 'GET', headers).reply

  test.each<Readonly<Record<string, string>>>([
    { origin: 'https://attacker.example' },
    // A browser sends this origin for sandboxed pages and local files.
    { origin: 'null' },
    { 'content-type': 'text/plain', origin: 'http://127.0.0.1:3000' },
    { host: 'rebound.attacker.example' },
    { host: 'rebound.attacker.example:8402' },
    { host: '127.0.0.1.attacker.example' },
  ])('are closed to a web page: %j', async (headers) => {
    expect((await control(headers)).status).toBe(403)
    expect((await journal(headers)).status).toBe(403)
    expect((await chat({})).status).toBe(200)
  })

  test.each(['127.0.0.1:1', 'localhost:1', '[::1]:1', '10.0.0.9', 'simulator:9000', 'sim.localhost'])(
    'are open to a program that asks by %s',
    async (host) => {
      expect((await control({ host })).status).toBe(200)
    },
  )

  test('keep names of bounded length, for a bounded number of models', async () => {
    const behave = (body: object) => post(`${simulator.url}/_behaviour`, body)
    const long = Array.from({ length: 60 }, () => 'status-500').join('+')
    expect((await behave({ behaviour: long })).status).toBe(400)
    expect((await behave({ behaviour: 'reset', model: 'm'.repeat(513) })).status).toBe(400)
    for (let model = 0; model < 1000; model++) await behave({ behaviour: 'status-500', model: `m${model}` })
    const { status, text } = await behave({ behaviour: 'status-500', model: 'one-more' })
    expect([status, text]).toEqual([400, expect.stringContaining('1000 models')])
    expect((await behave({ behaviour: 'status-503', model: 'm1' })).status).toBe(200)
    await behave({ behaviour: null, model: 'm2' })
    expect((await behave({ behaviour: 'status-500', model: 'one-more' })).status).toBe(200)
    for (let model = 0; model < 1000; model++) await behave({ behaviour: null, model: `m${model}` })
  })

  test('do not exist in an embedded simulator, which refuses all requests of web pages', async () => {
    const embedded = await startSimulator({ embedded: true })
    const { status, text } = await control({}, embedded.url)
    expect([status, text]).toEqual([404, expect.stringContaining('no POST /_behaviour')])
    const asked = (headers: Readonly<Record<string, string>>) =>
      sendRequest(`${embedded.url}/v1/chat/completions`, { model: 'm', messages }, 'POST', headers).reply
    expect((await asked({})).status).toBe(200)
    expect((await asked({ origin: 'https://attacker.example' })).status).toBe(403)
    await embedded.close()
  })
})
