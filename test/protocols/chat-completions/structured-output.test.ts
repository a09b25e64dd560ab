import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { at, generation, readJson, scriptedUpstream } from '../../acceptance/exchange.ts'
import { startGateway, type TestGateway } from '../../gateway.ts'
import { readStream } from '../../sse.ts'
import { type ScriptedVendors, startScriptedVendors } from './scripted-vendor.ts'

const schema = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] }
const format = { type: 'json_schema', json_schema: { name: 'place', strict: true, schema } }
const call = (text: string, name = 'place') => ({
  tool_calls: [{ index: 0, id: 'c1', type: 'function', function: { name, arguments: text } }],
})
const more = (text: string) => ({ tool_calls: [{ index: 0, function: { arguments: text } }] })

describe('where no schema is accepted', () => {
  let vendors: ScriptedVendors
  beforeAll(async () => {
    vendors = await startScriptedVendors({
      'prov-a': { supported_parameters: ['tools', 'tool_choice', 'parallel_tool_calls'] },
      'prov-b': { supported_parameters: ['response_format', 'tools'] },
      'prov-c': { supported_parameters: ['temperature'] },
      deepseek: { model: 'deepseek-v4-flash' },
    })
  })
  afterAll(() => vendors.close())

  test('a tool replaces the answer, and its call becomes text again', async () => {
    vendors.replyWith([call('{"city":"Oslo"}')], 'tool_calls')
    const sent = await vendors.sent('prov-a', { response_format: format })
    expect(sent).toMatchObject({
      tools: [{ type: 'function', function: { name: 'place', parameters: schema } }],
      tool_choice: { type: 'function', function: { name: 'place' } },
    })
    expect(sent).not.toHaveProperty('response_format')
    const expected = { content: '{"city":"Oslo"}', toolCalls: [], finish: 'stop', native: 'tool_calls' }
    expect(await vendors.received('prov-a', false, { response_format: format })).toMatchObject(expected)
    vendors.replyWith([{ content: 'Let me see.' }, call('{"ci'), more('ty":'), more('"Oslo"}')], 'tool_calls')
    expect(await vendors.received('prov-a', true, { response_format: format })).toMatchObject(expected)
  })

  test('arguments are passed on as they come', async () => {
    vendors.replyWith([call(''), more('{"city"'), more(':"Oslo"}')], 'tool_calls')
    const body = { model: 'test/prov-a', stream: true, response_format: format }
    const { chunks } = await readStream(await vendors.chat(body))
    const texts = chunks.map((chunk) => at(chunk, 'choices', 0, 'delta', 'content'))
    expect(texts.filter((text) => text !== '' && text !== undefined)).toEqual(['{"city"', ':"Oslo"}'])
  })

  test('the text of a model that does not call is its answer', async () => {
    vendors.replyWith([{ content: '{"city":' }, { content: '"Oslo"}' }])
    const received = await vendors.received('prov-a', true, { response_format: format })
    expect(received).toMatchObject({ content: '{"city":"Oslo"}', finish: 'stop' })
  })

  test('beside the client’s own tools, or where no call can be forced, the prompt contains the schema', async () => {
    vendors.replyWith([{ content: '{"city":"Oslo"}' }])
    const tools = [{ type: 'function', function: { name: 'f', parameters: {} } }]
    const messages = [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'hi' },
    ]
    const received = { role: 'system', content: expect.stringContaining(JSON.stringify(schema)) }
    const expected = [messages[0], received, messages[1]]
    expect(await vendors.sent('prov-a', { messages, tools, response_format: format })).toMatchObject({
      messages: expected,
      tools,
    })
    for (const slug of ['prov-b', 'deepseek', 'z-ai']) {
      const sent = await vendors.sent(slug, { messages, response_format: format })
      expect(sent).toMatchObject({ messages: expected, response_format: { type: 'json_object' } })
      expect(sent).not.toHaveProperty('tools')
    }
  })

  test('plain JSON is requested in the prompt where there is no mode for it', async () => {
    vendors.replyWith([{ content: '{}' }])
    const sent = await vendors.sent('prov-c', { response_format: { type: 'json_object' } })
    expect(sent).not.toHaveProperty('response_format')
    expect(at(sent, 'messages', 0)).toEqual({ role: 'system', content: expect.stringContaining('JSON') })
  })
})

describe('complete answers must match the requested format', () => {
  let vendors: ScriptedVendors
  beforeAll(async () => {
    vendors = await startScriptedVendors()
  })
  afterAll(() => vendors.close())

  test.each([
    ['{"city":1}', format, 'schema_mismatch'],
    ['{"city":1}', { ...format, json_schema: { name: 'place', schema } }, 'schema_mismatch'],
    ['{"city":"Os', format, 'schema_mismatch'],
    ['```json\n{"city":"Oslo"}\n```', format, 'schema_mismatch'],
    ['[]', { type: 'json_object' }, 'schema_mismatch'],
    ['{"city":"Oslo"}', format, 'stop'],
    ['{}', { type: 'json_object' }, 'stop'],
    ['Hello.', { type: 'text' }, 'stop'],
  ])('%j: the native finish reason shows it', async (content, response_format, native) => {
    vendors.replyWith([{ content }])
    for (const stream of [false, true]) {
      expect(await vendors.received('prov-a', stream, { response_format })).toMatchObject({
        content,
        finish: 'stop',
        native,
      })
    }
    const { body } = await readJson(vendors.chat({ model: 'test/prov-a', response_format }))
    const record = await generation(vendors, body['id'])
    expect(record).toMatchObject({ finish_reason: 'stop', native_finish_reason: native })
    expect(record['total_cost']).toBeGreaterThan(0)
  })

  test('an answer that was cut, or that continues the client’s text, is not a complete answer', async () => {
    vendors.replyWith([{ content: '{"city":"Os' }], 'length')
    expect(await vendors.received('prov-a', true, { response_format: format })).toMatchObject({ native: 'length' })
    vendors.replyWith([{ content: '"city":"Oslo"}' }])
    const messages = [
      { role: 'user', content: 'hi' },
      { role: 'assistant', content: '{' },
    ]
    const received = await vendors.received('prov-a', false, { messages, response_format: format })
    expect(received).toMatchObject({ native: 'stop' })
  })
})

describe('as long as nothing was sent', () => {
  let upstream: Awaited<ReturnType<typeof scriptedUpstream>>
  let gateway: TestGateway
  beforeAll(async () => {
    upstream = await scriptedUpstream(() => {
      const content = upstream.lastRequest()['model'] === 'careless' ? '{"city":1}' : '{"city":"Oslo"}'
      const choice = { index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }
      return { body: { id: 'x', choices: [choice], usage: { prompt_tokens: 3, completion_tokens: 4 } } }
    })
    const pricing = { prompt: 1, completion: 2 }
    const careless = { provider: 'prov-a', model: 'careless', pricing }
    const provider = { base_url: upstream.url, api_keys: ['k', 'l'] }
    gateway = await startGateway({
      providers: { 'prov-a': provider, 'prov-b': provider, 'prov-c': provider },
      models: {
        'test/pair': { endpoints: [careless, { provider: 'prov-b', model: 'careful', pricing }] },
        'test/alone': { endpoints: [careless] },
      },
    })
  })
  afterAll(() => Promise.all([gateway.close(), upstream.close()]))

  test('another endpoint is called; the last one’s answer is returned as it is', async () => {
    const { body } = await readJson(gateway.chat({ model: 'test/pair', response_format: format }))
    expect(body).toMatchObject({
      provider: 'prov-b',
      choices: [{ message: { content: '{"city":"Oslo"}' }, native_finish_reason: 'stop' }],
    })
    const alone = await readJson(gateway.chat({ model: 'test/alone', response_format: format }))
    expect(alone.status).toBe(200)
    expect(alone.body).toMatchObject({
      choices: [{ message: { content: '{"city":1}' }, finish_reason: 'stop', native_finish_reason: 'schema_mismatch' }],
    })
  })
})
