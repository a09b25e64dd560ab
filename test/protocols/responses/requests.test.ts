import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type ProtocolGateway, startProtocolGateway } from '../protocol-gateway.ts'

let gateway: ProtocolGateway
beforeAll(async () => {
  const endpoint = { provider: 'prov-a', model: 'steady', pricing: { prompt: 1, completion: 2 } }
  gateway = await startProtocolGateway('responses', {
    m: 'steady',
    gentle: { reasoning: { efforts: ['low', 'medium'] }, model: 'steady' },
    bare: { endpoints: [{ ...endpoint, supported_parameters: ['max_tokens'] }] },
    old: 'gpt-4o',
    painter: { model: 'steady', output_modalities: ['text', 'image'] },
  })
})
afterAll(() => gateway.close())
beforeEach(() => gateway.upstream.clearJournal())

const user = { role: 'user', content: 'hello' }
const tool = (name: string, more: object = {}) => ({ type: 'function', function: { name, ...more } })
const pixel = 'data:image/png;base64,iVBORw0KGgo='

/** Returns the request that the simulator received and accepted. */
async function sent(body: object, model = 'm') {
  const response = await gateway.chat({ model: `test/${model}`, messages: [user], ...body })
  const reply = await response.json()
  expect(response.status, JSON.stringify(reply)).toBe(200)
  return gateway.sent()[0] ?? {}
}

test('a call stores nothing, and requests encrypted reasoning', async () => {
  expect(await sent({})).toEqual({
    model: 'steady',
    input: [{ type: 'message', role: 'user', content: 'hello' }],
    store: false,
    include: ['reasoning.encrypted_content'],
  })
  await (await gateway.chat({ model: 'test/old', messages: [user], stream: true })).text()
  const [, journalled] = gateway.upstream.journal()
  expect(journalled?.body).toMatchObject({ model: 'gpt-4o', include: [] })
  expect(journalled).toMatchObject({ path: '/prov-a/v9/responses', body: { stream: true } })
  expect(journalled?.headers).toMatchObject({ authorization: expect.stringMatching(/ov-a$/) })
})

test('parameters go by their names here; what the language lacks stays behind', async () => {
  const body = await sent({
    temperature: 0.5,
    top_p: 0.9,
    max_tokens: 5,
    seed: 7,
    stop: ['x'],
    logit_bias: { 50: 1 },
    frequency_penalty: 1,
    presence_penalty: 1,
    top_k: 3,
    logprobs: true,
    top_logprobs: 4,
    verbosity: 'low',
    prompt_cache_key: 'k',
    service_tier: 'priority',
    user: 'jane',
    metadata: { a: 'b' },
    parallel_tool_calls: false,
  })
  expect(body).toEqual({
    model: 'steady',
    input: expect.anything(),
    store: false,
    include: ['reasoning.encrypted_content', 'message.output_text.logprobs'],
    temperature: 0.5,
    top_p: 0.9,
    max_output_tokens: 16,
    top_logprobs: 4,
    text: { verbosity: 'low' },
    prompt_cache_key: 'k',
    service_tier: 'priority',
    user: expect.stringMatching(/^user_[0-9a-f]{32}$/),
  })
})

test('an endpoint receives only what it supports', async () => {
  const body = await sent({ temperature: 1, reasoning: { effort: 'low' }, verbosity: 'low', max_tokens: 50 }, 'bare')
  expect(Object.keys(body).toSorted()).toEqual(['include', 'input', 'max_output_tokens', 'model', 'store'])
})

test.each([
  [{ reasoning: { effort: 'high', summary: 'detailed' } }, { effort: 'high', summary: 'detailed' }],
  [{ reasoning: { effort: 'none' } }, { effort: 'none' }],
  [{ reasoning: { enabled: true } }, { effort: 'medium' }],
  [{ reasoning: { enabled: false } }, { effort: 'none' }],
  [{ reasoning: { max_tokens: 200 }, max_tokens: 1000 }, { effort: 'low' }],
  [{ reasoning_effort: 'minimal' }, { effort: 'minimal' }],
  [{ reasoning: { context: 'all_turns', mode: 'pro' } }, { context: 'all_turns', mode: 'pro' }],
  [{ reasoning: { exclude: true } }, undefined],
])('reasoning %j', async (asked, expected) => {
  expect((await sent(asked))['reasoning']).toEqual(expected)
})

test('an effort that the model does not have becomes the nearest one', async () => {
  expect(await sent({ reasoning: { effort: 'xhigh' } }, 'gentle')).toMatchObject({ reasoning: { effort: 'medium' } })
})

test('tools are flat, and strict only where the client sets it', async () => {
  const closed = { type: 'object', properties: { a: { type: 'string' } }, required: ['a'], additionalProperties: false }
  const open = { type: 'object', properties: { b: { type: 'string' } } }
  const body = await sent({
    tools: [
      tool('strict', { parameters: closed, strict: true, description: 'd' }),
      tool('lax', { parameters: open }),
      tool('none'),
    ],
    tool_choice: { type: 'function', function: { name: 'lax' } },
    parallel_tool_calls: false,
  })
  expect(body).toMatchObject({
    tools: [
      { type: 'function', name: 'strict', description: 'd', parameters: closed, strict: true },
      { type: 'function', name: 'lax', parameters: open, strict: false },
      { type: 'function', name: 'none', parameters: { type: 'object', properties: {} }, strict: false },
    ],
    tool_choice: { type: 'function', name: 'lax' },
    parallel_tool_calls: false,
  })
})

test('response formats stand under text', async () => {
  const schema = { type: 'object', properties: {} }
  const json_schema = { name: 'n', description: 'd', schema, strict: true }
  const asked = await sent({ response_format: { type: 'json_schema', json_schema }, verbosity: 'high' })
  expect(asked['text']).toEqual({ format: { type: 'json_schema', ...json_schema }, verbosity: 'high' })
  gateway.upstream.clearJournal()
  expect((await sent({ response_format: { type: 'json_object' } }))['text']).toEqual({
    format: { type: 'json_object' },
  })
})

test('messages become items, with media in the messages and in results', async () => {
  const body = await sent({
    messages: [
      { role: 'system', content: 'be kind' },
      { role: 'developer', content: [{ type: 'text', text: 'be brief', cache_control: { type: 'ephemeral' } }] },
      {
        role: 'user',
        name: 'Ada',
        content: [
          { type: 'text', text: 'look' },
          { type: 'image_url', image_url: { url: 'https://example.com/a.png', detail: 'low' } },
          { type: 'image_url', image_url: { url: pixel } },
          { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,AAAA' } },
          { type: 'file', file: { file_data: 'data:application/pdf;base64,AAAA' } },
          { type: 'file', file: { file_data: 'https://example.com/b.pdf' } },
          { type: 'file', file: { file_id: 'file-1' } },
        ],
      },
      { role: 'assistant', content: 'I see', tool_calls: [{ id: 'c1', ...tool('f', { arguments: '{}' }) }] },
      {
        role: 'tool',
        tool_call_id: 'c1',
        content: [
          { type: 'text', text: 'done' },
          { type: 'image_url', image_url: { url: pixel } },
        ],
      },
      { role: 'assistant', content: null, refusal: 'no' },
      user,
    ],
  })
  expect(body['input']).toEqual([
    { type: 'message', role: 'system', content: 'be kind' },
    { type: 'message', role: 'system', content: 'be brief' },
    {
      type: 'message',
      role: 'user',
      content: [
        { type: 'input_text', text: 'Ada: look' },
        { type: 'input_image', image_url: 'https://example.com/a.png', detail: 'low' },
        { type: 'input_image', image_url: pixel, detail: 'auto' },
        { type: 'input_file', filename: 'a.pdf', file_data: 'data:application/pdf;base64,AAAA' },
        { type: 'input_file', filename: 'document.pdf', file_data: 'data:application/pdf;base64,AAAA' },
        { type: 'input_file', file_url: 'https://example.com/b.pdf' },
        { type: 'input_file', file_id: 'file-1' },
      ],
    },
    { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'I see', annotations: [] }] },
    { type: 'function_call', call_id: 'c1', name: 'f', arguments: '{}' },
    {
      type: 'function_call_output',
      call_id: 'c1',
      output: [
        { type: 'input_text', text: 'done' },
        { type: 'input_image', image_url: pixel, detail: 'auto' },
      ],
    },
    { type: 'message', role: 'assistant', content: [{ type: 'refusal', refusal: 'no' }] },
    { type: 'message', role: 'user', content: 'hello' },
  ])
})

test('sound is refused, with its place', async () => {
  const content = [
    { type: 'text', text: 'listen' },
    { type: 'input_audio', input_audio: { data: 'AAAA', format: 'wav' } },
  ]
  const response = await gateway.chat({ model: 'test/m', messages: [{ role: 'user', content }] })
  expect(response.status).toBe(400)
  expect(await response.json()).toMatchObject({
    error: { metadata: { issues: [{ path: 'messages[0].content[1]', message: 'Prov A takes no audio here.' }] } },
  })
  expect(gateway.sent()).toEqual([])
})

test('images are requested as a tool of the vendor', async () => {
  const body = await sent({ modalities: ['image', 'text'] }, 'painter')
  expect(body['tools']).toEqual([{ type: 'image_generation' }])
})
