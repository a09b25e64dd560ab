import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eventually } from '../faults/eventually.ts'
import { behaving, otherKey, startGateway, type TestGateway, testKey } from '../gateway.ts'
import { asText, at, readJson, refusal } from './exchange.ts'

const unloggedKey = 'sk-or-v1-test-key-of-an-account-without-log'
const poorKey = 'sk-or-v1-test-key-without-money'

let gateway: TestGateway
beforeAll(async () => {
  gateway = await startGateway({
    keys: [
      { name: 'test', key: testKey },
      { name: 'poor', key: poorKey, limit: 0 },
      { name: 'other', key: otherKey, account: 'other' },
      { name: 'unlogged', key: unloggedKey, account: 'unlogged' },
    ],
    accounts: { default: { log_content: true }, other: { log_content: true } },
    models: {
      'acme/thinking': behaving('reasoning'),
      'acme/tools': behaving('tool-call'),
      'acme/cut': behaving('cut-after-2'),
      'acme/second': behaving('status-500', 'steady'),
      'acme/failing': behaving('status-500', 'status-503'),
      'acme/completing': { endpoints: [{ ...behaving('steady').endpoints[0], operations: ['chat', 'completions'] }] },
    },
  })
})
afterAll(() => gateway.close())

const messages = [
  { role: 'system', content: 'Be brief.' },
  { role: 'user', content: [{ type: 'text', text: 'What is this?' }] },
]
const idOf = (reply: Response): string => asText(reply.headers.get('x-generation-id'))
const read = (id: string, key = testKey): Promise<Response> =>
  gateway.get(`/api/v1/generation/content?id=${id}`, { authorization: `Bearer ${key}` })

/** Sends a request, and returns the content of its generation once it is stored. */
async function contentOf(reply: Promise<Response>, key = testKey): Promise<unknown> {
  const answered = await reply
  await answered.text()
  return eventually(async () => {
    const { status, body } = await readJson(read(idOf(answered), key))
    return status === 200 ? body['data'] : null
  })
}

describe('the content of a generation', () => {
  test.each([false, true])('is what the client sent and the folded answer (stream: %s)', async (stream) => {
    const reply = await gateway.chat({ messages })
    const answer = at((await readJson(reply)).body, 'choices', 0, 'message', 'content')
    expect(await contentOf(gateway.chat({ messages, stream }))).toEqual({
      input: { messages },
      output: { completion: answer, reasoning: null },
      error: null,
    })
  })

  test('has the instructions that other languages have beside the conversation', async () => {
    const model = 'acme/m1'
    const said = [{ role: 'user', content: 'hi' }]
    const expected = { input: { messages: [{ role: 'system', content: 'Be brief.' }, ...said] } }
    const anthropic = { model, max_tokens: 50, system: 'Be brief.', messages: said }
    expect(await contentOf(gateway.post('/v1/messages', anthropic))).toMatchObject(expected)
    const openai = { model, instructions: 'Be brief.', input: 'hi' }
    expect(await contentOf(gateway.post('/v1/responses', openai))).toMatchObject(expected)
  })

  test('has the reasoning, and the calls of tools', async () => {
    expect(await contentOf(gateway.chat({ model: 'acme/thinking' }))).toMatchObject({
      output: { completion: expect.any(String), reasoning: expect.stringMatching(/\w/) },
    })
    const tools = [{ type: 'function', function: { name: 'weather', parameters: { type: 'object' } } }]
    expect(await contentOf(gateway.chat({ model: 'acme/tools', tools }))).toMatchObject({
      output: { tool_calls: [{ id: expect.any(String), name: expect.any(String), arguments: expect.any(String) }] },
    })
  })

  test('of a completion has its prompt', async () => {
    const reply = gateway.post('/api/v1/completions', { model: 'acme/completing', prompt: 'Once upon a time' })
    expect(await contentOf(reply)).toMatchObject({
      input: { prompt: 'Once upon a time' },
      output: { completion: expect.stringMatching(/\w/) },
    })
    const tokens = gateway.post('/api/v1/completions', { model: 'acme/completing', prompt: [1, 2, 3] })
    expect(await contentOf(tokens)).toMatchObject({ input: { prompt: '[1,2,3]' } })
  })

  test('of a failure has the error and the calls that failed before', async () => {
    expect(await contentOf(gateway.chat({ model: 'acme/failing' }))).toMatchObject({
      output: { completion: null, reasoning: null },
      error: {
        status: 503,
        message: expect.stringMatching(/\w/),
        previous_errors: expect.arrayContaining([
          { code: expect.any(Number), message: expect.stringMatching(/\w/), provider_name: 'Prov A', raw: null },
        ]),
      },
    })
    expect(await contentOf(gateway.chat({ model: 'acme/cut', stream: true }))).toMatchObject({
      output: { completion: expect.stringMatching(/\w/) },
      error: { status: expect.any(Number), provider_name: 'Prov A' },
    })
    expect(await contentOf(gateway.chat({ model: 'acme/second' }))).toMatchObject({
      output: { completion: expect.stringMatching(/\w/) },
      error: null,
    })
    const poor = gateway.chat({ messages }, { authorization: `Bearer ${poorKey}` })
    expect(await contentOf(poor)).toMatchObject({ input: { messages }, error: { status: 403, previous_errors: [] } })
    expect(JSON.stringify(await contentOf(gateway.chat({ model: 'acme/failing' })))).not.toContain('upstream-secret')
  })

  test('of an answer that the client left has what came of it', async () => {
    const leaving = new AbortController()
    const reply = await fetch(`${gateway.url}/api/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${testKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'acme/m1', messages, stream: true }),
      signal: leaving.signal,
    })
    await reply.body?.getReader().read()
    leaving.abort()
    await eventually(async () => ((await read(idOf(reply))).status === 200 ? true : null))
  })

  test('contract row 60: is a 404 for another account, and where there is none', async () => {
    const reply = await gateway.chat({ messages })
    await contentOf(Promise.resolve(reply))
    await refusal(read(idOf(reply), otherKey), 404)
    await refusal(read('gen-1-nothing'), 404)
    await refusal(gateway.get('/api/v1/generation/content'), 400)
  })

  test('is not kept unless the operator switched that on: 403', async () => {
    const reply = await gateway.chat({ messages }, { authorization: `Bearer ${unloggedKey}` })
    expect(reply.status).toBe(200)
    await reply.text()
    const error = await refusal(read(idOf(reply), unloggedKey), 403)
    expect(error['message']).toContain('log_content')
  })

  test('that is too long is not kept, and the log counts it', async () => {
    const own = await startGateway({ accounts: { default: { log_content: true } } })
    const long = [{ role: 'user', content: 'word '.repeat(250_000) }]
    const reply = await own.chat({ messages: long })
    expect(reply.status).toBe(200)
    await reply.text()
    const kept = await own.chat({ messages: [{ role: 'user', content: 'word '.repeat(190_000) }] })
    await kept.text()
    const get = (id: string) => own.get(`/api/v1/generation/content?id=${id}`)
    await eventually(async () => ((await get(idOf(kept))).status === 200 ? true : null))
    await refusal(get(idOf(reply)), 404)
    await own.close()
    const lines = own.log.filter((line) => line.includes('is not kept'))
    expect(lines).toHaveLength(1)
    expect(lines[0]).toContain('The content of 1 generation is not kept: it is too long.')
    expect(own.log.join('')).not.toContain('word word')
  })
})
