import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startGateway, type TestGateway, testKey } from '../gateway.ts'
import { at, readJson, refusal } from './exchange.ts'

const adminKey = 'sk-or-v1-test-management-key-of-the-default-account'

let gateway: TestGateway
beforeAll(async () => {
  gateway = await startGateway({
    keys: [
      { name: 'test', key: testKey },
      { name: 'admin', key: adminKey, management: true },
    ],
  })
})
afterAll(() => gateway.close())

async function refused(path: string, body: object, key = testKey): Promise<unknown> {
  const reply = await readJson(
    fetch(`${gateway.url}/api/v1${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }),
  )
  expect(reply.status).toBe(400)
  return at(reply.body, 'error', 'message')
}

test.each<[path: string, body: object, message: string]>([
  [
    '/keys',
    { name: 'x', external: { user: 'u', api_key: 'x'.repeat(31) } },
    'external.api_key must be a string of 32 to 512 characters',
  ],
  ['/keys', { name: '' }, 'name must be a string of 1 to 100 characters'],
  ['/images', { model: 'acme/m1', prompt: '' }, 'prompt must be a string of 1 to 200000 characters'],
  ['/audio/speech', { model: 'acme/m1', input: '' }, 'input must be a string of 1 to 100000 characters'],
  ['/embeddings', { model: '', input: 'x' }, 'model must be a string of 1 to 512 characters'],
  ['/rerank', { model: 'acme/m1', query: '', documents: ['x'] }, 'query must be a non-empty string'],
])('a text of the wrong length in %s: both limits are named', async (path, body, message) => {
  expect(await refused(path, body, path === '/keys' ? adminKey : testKey)).toBe(message)
})

const turn = (block: unknown): object => ({ messages: [{ role: 'user', content: [block] }] })
const image = (url: string): object => ({ type: 'image', source: { type: 'url', url } })

test.each<[path: string, body: object, message: string]>([
  [
    '/messages',
    { messages: [{ role: 'user', content: 'hi' }], tools: [{ name: 'a' }] },
    'tools[0].input_schema is required',
  ],
  ['/messages', turn({ type: 'text' }), 'messages[0].content[0].text is required'],
  ['/messages', turn({ type: 'tool_result' }), 'messages[0].content[0].tool_use_id is required'],
  [
    '/messages',
    turn({ type: 'image', source: { type: 'zz' } }),
    'messages[0].content[0].source.type must be one of "base64", "url", "file", got "zz"',
  ],
  ['/messages', turn(image('ftp://x')), 'messages[0].content[0].source.url must be an http(s) address'],
  [
    '/messages',
    turn({}),
    'messages[0].content[0].type is required: one of "text", "image", "document", "search_result", "tool_result" or the type of another block, of at most 128 characters',
  ],
  [
    '/messages',
    turn({ type: 5 }),
    'messages[0].content[0].type must be one of "text", "image", "document", "search_result", "tool_result" or the type of another block, of at most 128 characters, got 5',
  ],
  ['/responses', { input: 'hi', tools: [{ type: 'function' }] }, 'tools[0].name is required'],
  [
    '/responses',
    { input: [{ role: 'zz', content: 'x' }] },
    'input[0].role must be one of "user", "assistant", "system", "developer", got "zz"',
  ],
  ['/responses', { input: [{ role: 'user' }] }, 'input[0].content is required'],
  ['/responses', { input: [{ type: 'function_call_output' }] }, 'input[0].call_id is required (and 1 more issue)'],
  [
    '/responses',
    { input: [{ role: 'user', content: [{ type: 'input_text' }] }] },
    'input[0].content[0].text is required',
  ],
  ['/responses', { input: 'hi', tool_choice: { type: 'function' } }, 'tool_choice.name is required'],
])('what is incomplete in %s %j', async (path, body, message) => {
  expect(await refused(path, { model: 'acme/m1', ...body })).toBe(message)
})

test('a right block beside a wrong one is not blamed', async () => {
  const right = [{ type: 'text', text: 'a' }, image('https://example.com/a.png'), { type: 'server_tool_use' }]
  const content = [...right, { type: 'text' }]
  expect(await refused('/messages', { model: 'acme/m1', messages: [{ role: 'user', content }] })).toBe(
    'messages[0].content[3].text is required',
  )
})

test('a text that a pattern refuses is told what the pattern is about', async () => {
  expect(await refused('/byok', { provider: 'openai', key: 'k', allowed_api_key_hashes: ['x y'] }, adminKey)).toBe(
    'allowed_api_key_hashes[0] must be the hash of an API key: 64 digits of 0-9 and a-f',
  )
})

describe('the 256 characters of a session are code points', () => {
  test.each([
    ['200 of them, which are 400 units', '😀'.repeat(200)],
    ['256 of them', '😀'.repeat(256)],
  ])('%s are taken', async (_, session_id) => {
    expect((await gateway.chat({ session_id }, { 'x-session-id': 'x'.repeat(257) })).status).toBe(200)
  })

  test('257 of them are refused in the body, by its name', async () => {
    expect(await refusal(gateway.chat({ session_id: '😀'.repeat(257) }), 400)).toMatchObject({
      message: 'session_id must be a string of at most 256 characters',
      metadata: { issues: [{ path: 'session_id' }] },
    })
  })

  test('in the header, by that of the header', async () => {
    const { message } = await refusal(gateway.chat({}, { 'x-session-id': 'x'.repeat(257) }), 400)
    expect(message).toBe('x-session-id must be at most 256 characters long')
  })
})

describe('contract §10.30: a user of more than 256 characters', () => {
  const audio = { data: Buffer.alloc(3_200).toString('base64'), format: 'wav' }
  const places: readonly (readonly [path: string, input: object])[] = [
    ['/messages', { messages: [{ role: 'user', content: 'hi' }] }],
    ['/responses', { input: 'hi' }],
    ['/embeddings', { input: 'x' }],
    ['/rerank', { query: 'x', documents: ['x'] }],
    ['/images', { prompt: 'x' }],
    ['/images/generations', { prompt: 'x' }],
    ['/images/edits', { prompt: 'x', images: [{ image_url: 'data:image/png;base64,AAAA' }] }],
    ['/audio/speech', { input: 'x' }],
    ['/audio/transcriptions', { input_audio: audio }],
    ['/audio/translations', { input_audio: audio }],
  ]
  const told = 'user must be a string of at most 256 characters'

  test.each(places)('is refused by %s, one of 256 is not', async (path, input) => {
    expect(await refused(path, { model: 'acme/unknown', ...input, user: 'u'.repeat(257) })).toBe(told)
    expect(await refused(path, { model: 'acme/unknown', ...input, user: 'u'.repeat(256) })).not.toContain('user')
  })

  test.each(['/audio/transcriptions', '/audio/translations'])('is refused by %s as a form', async (path) => {
    const send = (user: string): Promise<unknown> => {
      const body = new FormData()
      body.append('file', new Blob([new Uint8Array(3_200)], { type: 'audio/wav' }), 'sound.wav')
      body.append('model', 'acme/unknown')
      body.append('user', user)
      const headers = { authorization: `Bearer ${testKey}` }
      return refusal(fetch(`${gateway.url}/api/v1${path}`, { method: 'POST', headers, body }), 400)
    }
    expect(await send('u'.repeat(257))).toMatchObject({ message: told })
    expect(await send('u'.repeat(256))).toMatchObject({ message: expect.stringContaining('acme/unknown') })
  })

  test.each([
    ['/chat/completions', { messages: [{ role: 'user', content: 'hi' }] }],
    ['/completions', { prompt: 'hi' }],
  ])('is taken by %s, whose published schema has no limit', async (path, input) => {
    const reply = await fetch(`${gateway.url}/api/v1${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${testKey}` },
      body: JSON.stringify({ model: 'acme/m1', ...input, user: 'u'.repeat(1_000) }),
    })
    expect(reply.status).toBe(200)
  })
})
