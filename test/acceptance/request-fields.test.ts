import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { simulatedText } from '../../src/simulator/simulated-text.ts'
import { behaving, startGateway, type TestGateway } from '../gateway.ts'
import { readStream } from '../sse.ts'
import { accepted, at, called, generation, readJson, refusal, sent } from './exchange.ts'

const endpoint = (provider: string, more: object = {}) => ({ provider, model: 'steady', ...more })

let gateway: TestGateway
beforeAll(async () => {
  gateway = await startGateway({
    models: {
      'acme/basic': {
        endpoints: [endpoint('prov-a', { supported_parameters: ['temperature', 'max_tokens'] }), endpoint('prov-b')],
      },
      'acme/only-basic': { endpoints: [endpoint('prov-a', { supported_parameters: ['temperature'] })] },
      'acme/draws': { output_modalities: ['text', 'image'], ...behaving('image') },
      'acme/down': behaving('status-503'),
    },
  })
})
afterAll(() => gateway.close())
beforeEach(() => gateway.simulator.clearJournal())

test('nothing is added to a request without optional fields', async () => {
  await accepted(gateway, {})
  expect(sent(gateway)).toEqual({ model: 'steady', messages: [{ role: 'user', content: 'hi' }] })
})

test('a stream is requested with its usage, whatever the client set', async () => {
  await readStream(await gateway.chat({ stream: true, stream_options: { include_usage: false } }))
  expect(sent(gateway)).toEqual({
    model: 'steady',
    messages: [{ role: 'user', content: 'hi' }],
    stream: true,
    stream_options: { include_usage: true },
  })
})

describe('the token limit', () => {
  test.each([
    [{ max_tokens: 5 }, 5],
    [{ max_completion_tokens: 5 }, 5],
    [{ max_tokens: 9, max_completion_tokens: 5 }, 5],
    [{ max_tokens: 5, max_completion_tokens: null }, 5],
  ])('%o', async (body, limit) => {
    const reply = await accepted(gateway, body)
    expect(at(reply, 'choices', 0)).toMatchObject({
      finish_reason: 'length',
      message: { content: simulatedText(limit) },
    })
    const limits = Object.entries(sent(gateway)).filter(([name]) => name.startsWith('max_'))
    expect(limits.map(([, value]) => value)).toEqual([limit])
  })
})

describe('what goes through unchanged', () => {
  test.each<[string, unknown]>([
    ['temperature', 1],
    ['top_p', 1],
    ['top_k', 40],
    ['min_p', 0.1],
    ['top_a', 0.2],
    ['frequency_penalty', 0],
    ['presence_penalty', 0.5],
    ['repetition_penalty', 1],
    ['logit_bias', { 50256: -100 }],
    ['seed', 42],
    ['logprobs', true],
    ['stop', 'END'],
    ['stop', ['END', 'STOP']],
    ['verbosity', 'low'],
    ['verbosity', 'max'],
    ['prediction', { type: 'content', content: 'The river' }],
    ['prediction', { type: 'content', content: [{ type: 'text', text: 'The river' }] }],
    ['prompt_cache_key', 'k'],
    ['image_config', { aspect_ratio: '16:9', quality: 'high', background: ['a'] }],
    ['modalities', ['text']],
    ['n', 2],
    ['safe_prompt', true],
  ])('%s %o', async (name, value) => {
    await accepted(gateway, { [name]: value })
    expect(sent(gateway)[name]).toEqual(value)
  })

  test('stop stops', async () => {
    const reply = await accepted(gateway, { stop: ['boats'] })
    expect(at(reply, 'choices', 0, 'message', 'content')).toBe('The river carries small ')
  })

  test('modalities that the model produces', async () => {
    const reply = await accepted(gateway, { model: 'acme/draws', modalities: ['text', 'image'] })
    expect(sent(gateway)['modalities']).toEqual(['text', 'image'])
    expect(at(reply, 'choices', 0, 'message', 'images')).toEqual([
      { type: 'image_url', image_url: { url: expect.stringMatching(/^data:image\/png;base64,/) } },
    ])
    const error = await refusal(gateway.chat({ modalities: ['image'] }), 404)
    expect(error['message']).toContain('image')
  })

  test('tools with unknown keys', async () => {
    const tool = {
      type: 'function',
      function: { name: 'f', parameters: { type: 'object' }, novelty: true },
      eager_input_streaming: true,
    }
    await accepted(gateway, { tools: [tool] })
    expect(sent(gateway)['tools']).toEqual([tool])
  })
})

describe('what stays here', () => {
  test.each<[string, unknown]>([
    ['session_id', 's'],
    [
      'trace',
      { trace_id: 't', trace_name: 'n', span_name: 's', generation_name: 'g', parent_span_id: 'p', team: 'blue' },
    ],
    ['metadata', { user_id: 'user-123' }],
    ['debug', { echo_upstream_body: true }],
    ['provider', { allow_fallbacks: true }],
    ['models', ['acme/m2']],
    ['route', 'fallback'],
    ['usage', { include: true }],
    ['stream_options', { include_usage: true }],
    ['stream', false],
    ['plugins', []],
    ['transforms', []],
    ['max_tool_calls', 31],
    ['structured_outputs', true],
    ['cache_control', { type: 'ephemeral', ttl: '1h' }],
    ['include_reasoning', true],
  ])('%s %o', async (name, value) => {
    await accepted(gateway, { [name]: value })
    expect(sent(gateway)).toEqual({ model: 'steady', messages: [{ role: 'user', content: 'hi' }] })
  })

  test('what describes the request is kept beside the generation', async () => {
    const reply = await accepted(gateway, {
      session_id: 's',
      metadata: { a: 'b' },
      trace: { trace_id: 't', team: 'blue' },
      user: 'alice',
    })
    expect(await generation(gateway, reply['id'])).toMatchObject({ session_id: 's', external_user: 'alice' })
  })
})

describe('models', () => {
  test.each([
    [{ model: 'acme/m1', models: ['acme/m2'] }, 'acme/m1'],
    [{ model: undefined, models: ['acme/m2', 'acme/m1'] }, 'acme/m2'],
    [{ model: null, models: ['acme/m2'] }, 'acme/m2'],
    [{ model: 'acme/m1', models: null }, 'acme/m1'],
    [{ model: 'acme/m1', models: [] }, 'acme/m1'],
    [{ model: 'acme/down', models: ['acme/down', 'acme/m2'] }, 'acme/m2'],
  ])('%o is served by %s', async (body, model) => {
    expect((await accepted(gateway, body))['model']).toBe(model)
  })

  test('each model is tried once, in order', async () => {
    const { body } = await readJson(gateway.chat({ model: 'acme/down', models: ['acme/m2', 'acme/down'] }))
    expect(body).toMatchObject({ model: 'acme/m2', provider: 'Prov B' })
    expect(called(gateway)).toEqual(['prov-a', 'prov-b'])
  })

  test('the price of the endpoint that answered is charged', async () => {
    const { body } = await readJson(gateway.chat({ model: 'acme/down', models: ['acme/m2'] }))
    expect(at(body, 'usage', 'cost')).toBeCloseTo((1 + 12 * 2) / 1e6, 12)
    expect((await generation(gateway, body['id']))['model']).toBe('acme/m2')
  })

  test('streamed, the chunks carry the model that answers', async () => {
    const { chunks } = await readStream(await gateway.chat({ model: 'acme/down', models: ['acme/m2'], stream: true }))
    expect(new Set(chunks.map(({ model }) => model))).toEqual(new Set(['acme/m2']))
  })
})

describe('parameters that an endpoint does not support', () => {
  test('are dropped', async () => {
    await accepted(gateway, {
      model: 'acme/only-basic',
      temperature: 0.5,
      seed: 7,
      logit_bias: { 1: 1 },
      logprobs: true,
      top_logprobs: 2,
      stop: 'x',
    })
    expect(sent(gateway)).toEqual({ model: 'steady', messages: [{ role: 'user', content: 'hi' }], temperature: 0.5 })
  })

  test('with require_parameters the endpoint is passed over', async () => {
    await accepted(gateway, { model: 'acme/basic', seed: 7, provider: { require_parameters: true } })
    expect(called(gateway)).toEqual(['prov-b'])
    expect(sent(gateway)).toMatchObject({ seed: 7 })
  })

  test('a null parameter requires nothing', async () => {
    await accepted(gateway, { model: 'acme/basic', seed: null, temperature: 1, provider: { require_parameters: true } })
    expect(called(gateway)).toEqual(['prov-a'])
  })

  test('max_completion_tokens is supported where max_tokens is', async () => {
    await accepted(gateway, { model: 'acme/basic', max_completion_tokens: 3, provider: { require_parameters: true } })
    expect(called(gateway)).toEqual(['prov-a'])
    expect(sent(gateway)['max_completion_tokens']).toBe(3)
  })
})

describe('the service tier', () => {
  test.each([
    [{ service_tier: 'auto' }, 'auto'],
    [{ service_tier: 'default' }, 'default'],
    [{ service_tier: 'flex' }, 'flex'],
    [{ service_tier: 'priority' }, 'priority'],
    [{ service_tier: 'scale' }, 'scale'],
    [{ service_tier: 'fast' }, 'priority'],
    [{ speed: 'fast' }, 'priority'],
    [{ speed: 'standard' }, undefined],
    [{ service_tier: null }, undefined],
  ])('%o', async (body, tier) => {
    await accepted(gateway, body)
    expect(sent(gateway)['service_tier']).toBe(tier)
    expect(sent(gateway)).not.toHaveProperty('speed')
  })
})
