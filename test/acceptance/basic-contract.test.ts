import { createHash } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { simulatedText } from '../../src/simulator/simulated-text.ts'
import { startGateway, testKey, type TestGateway } from '../gateway.ts'
import { asNumber, asText, at, calls, generation, readJson, refusal, sent } from './exchange.ts'

const endpoint = (model: string, more: object = {}) => ({ provider: 'prov-a', model, pricing: { prompt: 1, completion: 2 }, ...more })
const media = { input_modalities: ['text', 'image', 'audio', 'video'] }
const disabledKey = 'sk-or-v1-test-key-that-is-disabled'
const expiredKey = 'sk-or-v1-test-key-that-has-expired'
const managementKey = 'sk-or-v1-test-key-for-management'

let gateway: TestGateway
beforeAll(async () => {
  gateway = await startGateway({
    keys: [
      { name: 'test', key: testKey },
      { name: 'disabled', key: disabledKey, disabled: true },
      { name: 'expired', key: expiredKey, expires_at: '2020-01-01T00:00:00Z' },
      { name: 'admin', key: managementKey, management: true },
    ],
    models: {
      'acme/media': { ...media, endpoints: [endpoint('steady')] },
      'acme/calls': { endpoints: [endpoint('tool-call')] },
      'acme/embeds': { output_modalities: ['embeddings'], endpoints: [endpoint('steady')] },
      ...Object.fromEntries(
        ['end_turn', 'stop_sequence', 'pause_turn', 'MAX_TOKENS', 'max_tokens', 'SAFETY', 'RECITATION', 'refusal', 'STOP', 'STRANGE'].map(
          (reason) => [`acme/ends-${reason.toLowerCase().replaceAll('_', '-')}${reason === 'max_tokens' ? '-2' : ''}`, { endpoints: [endpoint(`finish-${reason}`)] }],
        ),
      ),
    },
  })
})
afterAll(() => gateway.close())
beforeEach(() => gateway.simulator.clearJournal())

const user = { role: 'user', content: 'hi' }
const accepted = async (body: Readonly<Record<string, unknown>>): Promise<void> => {
  const { status, body: reply } = await readJson(gateway.chat(body))
  expect({ status, error: reply['error'] }).toEqual({ status: 200, error: undefined })
}
const refused = async (body: Readonly<Record<string, unknown>>) => {
  const error = await refusal(gateway.chat(body), 400)
  expect(calls(gateway)).toEqual([])
  return error
}

test('row 1: a plain chat completion', async () => {
  const { status, headers, body } = await readJson(gateway.chat({}))
  expect(status).toBe(200)
  expect(body).toMatchObject({
    id: expect.stringMatching(/^gen-\d{10}-[A-Za-z0-9]{20}$/),
    object: 'chat.completion',
    model: 'acme/m1',
    provider: 'Prov A',
    choices: [{ index: 0, finish_reason: 'stop', native_finish_reason: 'stop', message: { role: 'assistant', content: simulatedText(12) } }],
  })
  expect(Number.isInteger(body['created'])).toBe(true)
  expect(Math.abs(asNumber(body['created']) - Date.now() / 1000)).toBeLessThan(10)
  expect(body).toHaveProperty('system_fingerprint')
  const usage = ['prompt_tokens', 'completion_tokens', 'total_tokens'].map((name) => asNumber(at(body, 'usage', name)))
  expect(usage.every(Number.isInteger)).toBe(true)
  expect(usage[2]).toBe((usage[0] ?? 0) + (usage[1] ?? 0))
  expect(headers.get('x-generation-id')).toBe(body['id'])
})

describe('row 2: without a key', () => {
  test.each<Record<string, string>>([{}, { authorization: '' }])('%o', async (headers) => {
    const reply = fetch(`${gateway.url}/api/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ model: 'acme/m1', messages: [user] }),
    })
    const error = await refusal(reply, 401)
    expect(error['message']).toBe('Missing Authentication header')
    expect(at(error, 'metadata', 'error_type')).toBe('authentication')
    expect(calls(gateway)).toEqual([])
  })
})

describe('row 3: a key that may not be used', () => {
  test.each([
    ['unknown', `sk-or-v1-${'0'.repeat(64)}`],
    ['disabled', disabledKey],
    ['expired', expiredKey],
    ['of another scheme', undefined],
  ])('%s', async (_, key) => {
    const authorization = key === undefined ? `Basic ${testKey}` : `Bearer ${key}`
    const error = await refusal(gateway.chat({}, { authorization }), 401)
    expect(JSON.stringify(error)).not.toContain(key ?? testKey)
    expect(calls(gateway)).toEqual([])
  })

  test('a management key does not generate: 403', async () => {
    const error = await refusal(gateway.chat({}, { authorization: `Bearer ${managementKey}` }), 403)
    expect(error['error_type']).toBe('permission_denied')
    expect(calls(gateway)).toEqual([])
  })
})

describe('row 4: messages', () => {
  test.each([[undefined], [[]], [null], ['hello'], [{}]])('%o', async (messages) => {
    const error = await refused({ messages })
    expect(error['message']).toContain('messages')
  })
})

describe('row 5: a message that is none', () => {
  test.each([
    ['an unknown role', { role: 'robot', content: 'hi' }],
    ['no role', { content: 'hi' }],
    ['user without content', { role: 'user' }],
    ['user with null content', { role: 'user', content: null }],
    ['user with a number for content', { role: 'user', content: 7 }],
    ['system without content', { role: 'system' }],
    ['tool without tool_call_id', { role: 'tool', content: 'sunny' }],
    ['tool without content', { role: 'tool', tool_call_id: 'c1' }],
    ['a call without arguments', { role: 'assistant', content: null, tool_calls: [{ id: 'c1', type: 'function', function: { name: 'f' } }] }],
    ['a call without name', { role: 'assistant', tool_calls: [{ id: 'c1', type: 'function', function: { arguments: '{}' } }] }],
    ['a call without id', { role: 'assistant', tool_calls: [{ type: 'function', function: { name: 'f', arguments: '{}' } }] }],
    ['a call without type', { role: 'assistant', tool_calls: [{ id: 'c1', function: { name: 'f', arguments: '{}' } }] }],
    ['a part of unknown type', { role: 'user', content: [{ type: 'smell', smell: 'rose' }] }],
    ['a refusal part', { role: 'user', content: [{ type: 'refusal', refusal: 'no' }] }],
    ['a file without data', { role: 'user', content: [{ type: 'file', file: { filename: 'a.pdf' } }] }],
    ['an image without url', { role: 'user', content: [{ type: 'image_url', image_url: {} }] }],
    ['a system image', { role: 'system', content: [{ type: 'image_url', image_url: { url: 'https://example.com/a.png' } }] }],
  ])('%s', async (_, message) => {
    const error = await refused({ messages: [user, message] })
    expect(error['message']).toContain('messages[1]')
    expect(at(error, 'metadata', 'issues', 0, 'path')).toMatch(/^messages\[1\]/)
  })
})

describe('row 6: a body that is no JSON object', () => {
  test.each(['{not json', '', 'null', '[]', '"text"', '7', '{"messages":[{"role":"user","content":"hi"}]'])('%s', async (body) => {
    await refusal(gateway.post('/api/v1/chat/completions', body), 400)
    expect(calls(gateway)).toEqual([])
  })
})

describe('row 7: ranges', () => {
  const pairs = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`key${i}`, 'value']))

  test.each<[string, unknown]>([
    ['temperature', 2.1],
    ['temperature', -0.1],
    ['temperature', '1'],
    ['top_p', 1.2],
    ['top_p', -0.1],
    ['top_k', -1],
    ['top_k', 1.5],
    ['min_p', 1.1],
    ['min_p', -0.1],
    ['top_a', 1.1],
    ['top_a', -0.1],
    ['frequency_penalty', 3],
    ['frequency_penalty', -2.1],
    ['presence_penalty', -2.5],
    ['presence_penalty', 2.1],
    ['repetition_penalty', 2.1],
    ['repetition_penalty', -0.1],
    ['max_tokens', 0],
    ['max_tokens', 1.5],
    ['max_completion_tokens', 0],
    ['max_completion_tokens', '5'],
    ['top_logprobs', 21],
    ['top_logprobs', -1],
    ['logprobs', 5],
    ['seed', 1.5],
    ['logit_bias', { 50256: 'low' }],
    ['logit_bias', { 50256: 101 }],
    ['stop', ['a', 'b', 'c', 'd', 'e']],
    ['stop', [1]],
    ['stop', 7],
    ['metadata', pairs(17)],
    ['metadata', { ['k'.repeat(65)]: 'value' }],
    ['metadata', { key: 'v'.repeat(513) }],
    ['metadata', { key: 7 }],
    ['session_id', 's'.repeat(257)],
    ['user', 7],
    ['stream', 'yes'],
    ['stream_options', 'yes'],
    ['model', 7],
    ['models', 'acme/m1'],
    ['models', [7]],
    ['service_tier', 'gold'],
    ['speed', 'slow'],
    ['verbosity', 'loud'],
    ['modalities', ['smell']],
    ['route', 'x'],
    ['transforms', ['middle-in']],
    ['trace', 'abc'],
    ['trace', { trace_id: 7 }],
    ['debug', true],
    ['image_config', 'big'],
    ['prediction', { type: 'guess', content: 'x' }],
    ['parallel_tool_calls', 'yes'],
    ['cache_control', { type: 'eternal' }],
    ['cache_control', { type: 'ephemeral', ttl: '2h' }],
    ['prompt_cache_options', { mode: 'implicit' }],
    ['reasoning', { effort: 'extreme' }],
    ['reasoning', { summary: 'long' }],
    ['reasoning_effort', 'extreme'],
    ['max_tool_calls', 0],
    ['plugins', [{ id: 'nonsense' }]],
    ['plugins', [{ enabled: true }]],
  ])('%s %o is refused', async (name, value) => {
    const error = await refused({ logprobs: name === 'top_logprobs' ? true : undefined, [name]: value })
    expect(error['message']).toContain(name)
    expect(error['error_type']).toBe('invalid_request')
    expect(at(error, 'metadata', 'issues', 0, 'path')).toContain(name)
  })

  test.each<[string, unknown]>([
    ['temperature', 2],
    ['temperature', 0],
    ['top_p', 1],
    ['top_p', 0],
    ['top_k', 0],
    ['min_p', 0],
    ['min_p', 1],
    ['top_a', 0],
    ['top_a', 1],
    ['frequency_penalty', 2],
    ['frequency_penalty', -2],
    ['presence_penalty', 2],
    ['presence_penalty', -2],
    ['repetition_penalty', 0],
    ['repetition_penalty', 2],
    ['top_logprobs', 20],
    ['top_logprobs', 0],
    ['stop', ['a', 'b', 'c', 'd']],
    ['logit_bias', { 50256: -100, 1: 100 }],
    ['max_tokens', 1],
    ['max_completion_tokens', 1],
    ['seed', -1],
  ])('%s %o goes through as it is', async (name, value) => {
    await accepted({ logprobs: name === 'top_logprobs' ? true : undefined, [name]: value })
    const arrived = name === 'max_completion_tokens' ? sent(gateway)['max_tokens'] : sent(gateway)[name]
    expect(arrived).toEqual(value)
  })

  test.each<[string, unknown]>([
    ['metadata', pairs(16)],
    ['metadata', { ['k'.repeat(64)]: 'v'.repeat(512) }],
    ['metadata', { '': '' }],
    ['session_id', 's'.repeat(256)],
  ])('%s at its limit is accepted', async (name, value) => {
    await accepted({ [name]: value })
  })

  test('top_logprobs needs logprobs', async () => {
    await refused({ top_logprobs: 2 })
    await refused({ top_logprobs: 2, logprobs: false })
  })
})

test('row 8: nulls mean absent, and nothing takes their place', async () => {
  const nulls = ['temperature', 'top_p', 'seed', 'stop', 'logit_bias', 'max_tokens', 'stream_options']
  await accepted({ ...Object.fromEntries(nulls.map((name) => [name, null])), reasoning: { effort: null, summary: null } })
  expect(Object.keys(sent(gateway)).sort()).toEqual(['messages', 'model'])
})

test('row 9: all five roles in one conversation', async () => {
  const call = { id: 'c1', type: 'function', function: { name: 'get_weather', arguments: '{"location":"Rome"}' } }
  const messages = [
    { role: 'system', content: 'Be short.', name: 'rules' },
    { role: 'developer', content: [{ type: 'text', text: 'Use tools.' }], name: 'dev' },
    { role: 'user', content: 'Weather in Rome?', name: 'alan' },
    { role: 'assistant', content: null, tool_calls: [call], name: 'bot', refusal: null, reasoning: 'I should look.' },
    { role: 'tool', tool_call_id: 'c1', content: 'sunny' },
  ]
  await accepted({ messages })
  const received = sent(gateway)['messages']
  expect(received).toHaveLength(5)
  expect(at(received, 1, 'role')).toMatch(/^(developer|system)$/)
  expect(received).toMatchObject(messages.map(({ role, ...rest }, i) => (i === 1 ? rest : { role, ...rest })))
})

describe('row 10: parts', () => {
  const image = 'data:image/png;base64,iVBORw0KGgo='
  const part = (kind: object) => ({ role: 'user', content: [{ type: 'text', text: 'Look.' }, kind] })

  test.each([
    ...['auto', 'low', 'high', 'original'].map((detail) => ({ type: 'image_url', image_url: { url: image, detail } })),
    ...['wav', 'mp3', 'flac', 'm4a', 'ogg', 'pcm16', 'pcm24', 'aiff', 'aac'].map((format) => ({ type: 'input_audio', input_audio: { data: 'AAAA', format } })),
    { type: 'input_video', video_url: { url: 'https://example.com/a.mp4' } },
    { type: 'video_url', video_url: { url: 'data:video/mp4;base64,AAAA' } },
    { type: 'image_url', image_url: { url: 'https://example.com/a.png' } },
  ])('%o', async (kind) => {
    await accepted({ model: 'acme/media', messages: [part(kind)] })
    expect(sent(gateway)['messages']).toEqual([part(kind)])
  })

  test.each([
    { type: 'image_url', image_url: { url: image, detail: 'huge' } },
    { type: 'input_audio', input_audio: { data: 'AAAA' } },
    { type: 'input_audio', input_audio: { format: 'wav' } },
    { type: 'input_video', video_url: {} },
    { type: 'text' },
  ])('%o is refused', async (kind) => {
    await refused({ model: 'acme/media', messages: [part(kind)] })
  })
})

describe('row 11: response_format', () => {
  const schema = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'], additionalProperties: false }

  test.each([
    { type: 'text' },
    { type: 'json_object' },
    { type: 'json_schema', json_schema: { name: 'place', description: 'A place.', schema, strict: true } },
    { type: 'json_schema', json_schema: { name: 'n'.repeat(64), schema, strict: null } },
    { type: 'json_schema', json_schema: { name: 'a-Z_0' } },
    { type: 'grammar', grammar: 'root ::= "yes" | "no"' },
    { type: 'python' },
  ])('%o', async (format) => {
    await accepted({ response_format: format })
    expect(sent(gateway)['response_format']).toMatchObject(format)
  })

  test('json_schema is answered in its shape', async () => {
    const { body } = await readJson(gateway.chat({ response_format: { type: 'json_schema', json_schema: { name: 'place', schema } } }))
    expect(JSON.parse(asText(at(body, 'choices', 0, 'message', 'content')))).toEqual({ city: expect.any(String) })
  })

  test.each([
    { type: 'json_schema', json_schema: { schema } },
    { type: 'json_schema' },
    { type: 'json_schema', json_schema: { name: 'n'.repeat(65) } },
    { type: 'json_schema', json_schema: { name: 'with space' } },
    { type: 'grammar' },
    { type: 'grammar', grammar: 7 },
    { type: 'xml' },
    {},
    'json_object',
  ])('%o is refused', async (format) => {
    const error = await refused({ response_format: format })
    expect(error['message']).toContain('response_format')
  })
})

describe('row 12: tools', () => {
  const tool = {
    type: 'function',
    function: {
      name: 'get_weather',
      description: 'Weather of a place.',
      parameters: { type: 'object', properties: { location: { type: 'string' } }, required: ['location'] },
      strict: true,
    },
  }

  test.each(['auto', 'none', 'required', { type: 'function', function: { name: 'get_weather' } }])('tool_choice %o', async (choice) => {
    const { status, body } = await readJson(gateway.chat({ tools: [tool], tool_choice: choice }))
    expect(status).toBe(200)
    expect(sent(gateway)).toMatchObject({ tools: [tool], tool_choice: choice })
    const calls = at(body, 'choices', 0, 'message', 'tool_calls')
    if (choice === 'auto' || choice === 'none') expect(calls).toBeUndefined()
    else {
      expect(calls).toMatchObject([{ id: expect.any(String), type: 'function', function: { name: 'get_weather' } }])
      expect(at(body, 'choices', 0, 'finish_reason')).toBe('tool_calls')
    }
  })

  test('a reply with calls', async () => {
    const { body } = await readJson(gateway.chat({ model: 'acme/calls', tools: [tool] }))
    expect(at(body, 'choices', 0)).toMatchObject({
      finish_reason: 'tool_calls',
      message: { role: 'assistant', content: null, tool_calls: [{ type: 'function', function: { name: 'get_weather' } }] },
    })
    const called = at(body, 'choices', 0, 'message', 'tool_calls', 0)
    expect(asText(at(called, 'id'))).not.toBe('')
    expect(JSON.parse(asText(at(called, 'function', 'arguments')))).toEqual({ location: expect.any(String) })
  })

  test.each([
    ['tool_choice', { tools: [tool], tool_choice: 'maybe' }],
    ['tool_choice', { tools: [tool], tool_choice: { type: 'function' } }],
    ['tool_choice', { tools: [tool], tool_choice: { type: 'function', function: {} } }],
    ['tools', { tools: [{ type: 'function', function: {} }] }],
    ['tools', { tools: [{ type: 'function' }] }],
    ['tools', { tools: [{ type: 'function', function: { name: 'n'.repeat(65) } }] }],
    ['tools', { tools: [{ type: 'function', function: { name: 'with space' } }] }],
    ['tools', { tools: [{ type: 'openrouter:teleport' }] }],
    ['tools', { tools: [{ type: 'openrouter:bash' }] }],
    ['tools', { tools: {} }],
  ])('a wrong %s is refused: %o', async (name, body) => {
    const error = await refused(body)
    expect(error['message']).toContain(name)
  })

  test('a name of 64 characters is accepted', async () => {
    await accepted({ tools: [{ type: 'function', function: { name: 'n'.repeat(64) } }] })
  })
})

test('row 13: logprobs', async () => {
  const { body } = await readJson(gateway.chat({ logprobs: true, top_logprobs: 2 }))
  expect(sent(gateway)).toMatchObject({ logprobs: true, top_logprobs: 2 })
  const logprobs = at(body, 'choices', 0, 'logprobs')
  expect(logprobs).toEqual({ content: expect.any(Array), refusal: null })
  const token = { token: expect.any(String), logprob: expect.any(Number), bytes: expect.any(Array) }
  expect(at(logprobs, 'content')).toEqual(Array.from({ length: 12 }, () => ({ ...token, top_logprobs: [token, token] })))
})

describe('row 14: finish reasons', () => {
  test.each([
    ['end-turn', 'stop', 'end_turn'],
    ['stop-sequence', 'stop', 'stop_sequence'],
    ['pause-turn', 'stop', 'pause_turn'],
    ['stop', 'stop', 'STOP'],
    ['max-tokens', 'length', 'MAX_TOKENS'],
    ['max-tokens-2', 'length', 'max_tokens'],
    ['safety', 'content_filter', 'SAFETY'],
    ['recitation', 'content_filter', 'RECITATION'],
    ['refusal', 'content_filter', 'refusal'],
    ['strange', 'stop', 'STRANGE'],
  ])('%s is %s', async (model, finish, native) => {
    const { body } = await readJson(gateway.chat({ model: `acme/ends-${model}` }))
    expect(at(body, 'choices', 0)).toMatchObject({ finish_reason: finish, native_finish_reason: native })
  })
})

test('row 15: an unknown key is accepted, and offered to the upstream', async () => {
  await accepted({ foo: 1, safe_prompt: true })
  expect(sent(gateway)).toMatchObject({ foo: 1, safe_prompt: true })
})

describe('row 16: the provider object is closed', () => {
  test.each(['bogus', 'options', 'prefer'])('%s', async (name) => {
    const error = await refused({ provider: { [name]: true } })
    expect(error['message']).toContain(name)
  })
})

test('row 17: an unknown model', async () => {
  const error = await refused({ model: 'nope/none' })
  expect(error).toMatchObject({
    message: expect.stringContaining('nope/none is not a valid model ID'),
    error_type: 'invalid_request',
    availability: { code: 'model_not_found', requested_models: ['nope/none'], retryable: false, docs_url: expect.any(String) },
  })
})

test('row 18: an embedding model does not chat', async () => {
  const error = await refused({ model: 'acme/embeds' })
  expect(error).toMatchObject({
    error_type: 'invalid_request',
    availability: {
      code: 'wrong_endpoint',
      retryable: false,
      requested_models: ['acme/embeds'],
      constraint: { field: 'model', detail: expect.stringContaining('/embeddings') },
    },
  })
})

describe('row 19: no model', () => {
  test('the default answers', async () => {
    const withDefault = await startGateway({ default_model: 'acme/m2' })
    try {
      const { status, body } = await readJson(withDefault.chat({ model: undefined }))
      expect(status).toBe(200)
      expect(body['model']).toBe('acme/m2')
      expect((await readJson(withDefault.chat({ model: null }))).body['model']).toBe('acme/m2')
    } finally {
      await withDefault.close()
    }
  })

  test('without a default it is an error', async () => {
    const error = await refused({ model: undefined })
    expect(error['message']).toContain('model')
  })
})

describe('row 22: reasoning_effort beside reasoning.effort', () => {
  test('different', async () => {
    const error = await refused({ reasoning_effort: 'low', reasoning: { effort: 'high' } })
    expect(error['message']).toContain('reasoning')
  })

  test('equal', async () => {
    await accepted({ reasoning_effort: 'low', reasoning: { effort: 'low' } })
    expect(sent(gateway)).toMatchObject({ reasoning_effort: 'low' })
  })

  test('effort and max_tokens together', async () => {
    await refused({ reasoning: { effort: 'low', max_tokens: 1024 } })
  })
})

describe('row 24: stop_server_tools_when', () => {
  test.each([
    [[]],
    [[{ type: 'moon_is_full' }]],
    [[{ type: 'step_count_is' }]],
    [[{ type: 'has_tool_call' }]],
    [[{ type: 'has_tool_call', tool_name: '' }]],
    [[{ type: 'max_tokens_used' }]],
    [[{ type: 'max_cost' }]],
    [[{ type: 'finish_reason_is' }]],
    [[{ type: 'finish_reason_is', reason: '' }]],
    ['now'],
  ])('%o is refused', async (conditions) => {
    const error = await refused({ stop_server_tools_when: conditions })
    expect(error['message']).toContain('stop_server_tools_when')
  })

  test('every condition is accepted, and stays here', async () => {
    await accepted({
      stop_server_tools_when: [
        { type: 'step_count_is', step_count: 5 },
        { type: 'has_tool_call', tool_name: 'f' },
        { type: 'max_tokens_used', max_tokens: 100 },
        { type: 'max_cost', max_cost_in_dollars: 0.5 },
        { type: 'finish_reason_is', reason: 'stop' },
      ],
    })
    expect(sent(gateway)).not.toHaveProperty('stop_server_tools_when')
  })
})

describe('row 25: the session', () => {
  test.each([
    ['the body wins over the header', { session_id: 'A' }, { 'x-session-id': 'B' }, 'A'],
    ['the header alone', {}, { 'x-session-id': 'B' }, 'B'],
    ['a null body field leaves the header', { session_id: null }, { 'x-session-id': 'B' }, 'B'],
    ['none', {}, {}, null],
  ])('%s', async (_, body, headers: Record<string, string>, session) => {
    const { body: reply } = await readJson(gateway.chat(body, headers))
    expect((await generation(gateway, reply['id']))['session_id']).toBe(session)
    expect(sent(gateway)).not.toHaveProperty('session_id')
  })

  test('a header of 257 characters is refused, of 256 not', async () => {
    const error = await refusal(gateway.chat({}, { 'x-session-id': 's'.repeat(257) }), 400)
    expect(error['message']).toContain('session')
    expect((await gateway.chat({}, { 'x-session-id': 's'.repeat(256) })).status).toBe(200)
  })
})

test('row 26: the user is known upstream only by a hash', async () => {
  const { body } = await readJson(gateway.chat({ user: 'alice' }))
  expect(JSON.stringify(calls(gateway))).not.toContain('alice')
  const identity = asText(sent(gateway)['user'])
  expect(identity).not.toBe('')
  for (const digest of ['sha256', 'sha1', 'md5']) expect(identity).not.toBe(createHash(digest).update('alice').digest('hex'))
  expect((await generation(gateway, body['id']))['external_user']).toBe('alice')

  await accepted({ user: 'alice' })
  expect(sent(gateway)['user']).toBe(identity)
  await accepted({ user: 'bob' })
  expect(sent(gateway)['user']).not.toBe(identity)
  await accepted({})
  expect(sent(gateway)).not.toHaveProperty('user')
})
