import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { simulatedText } from '../../src/simulator/simulated-text.ts'
import type { JsonObject } from '../../src/util/json.ts'
import { behaving, startGateway, type TestGateway } from '../gateway.ts'
import { readStream } from '../sse.ts'
import { accepted, asText, at, calls, sent } from './exchange.ts'

let gateway: TestGateway
beforeAll(async () => {
  gateway = await startGateway({
    models: {
      'acme/thinks': behaving('reasoning'),
      'acme/thinks-in-details': behaving('reasoning-field'),
      'acme/draws': { output_modalities: ['text', 'image'], ...behaving('image+citations') },
      'acme/refuses': behaving('refusal'),
      'acme/speaks': { output_modalities: ['text', 'audio'], ...behaving('audio') },
    },
  })
})
afterAll(() => gateway.close())
beforeEach(() => gateway.simulator.clearJournal())

describe('reasoning', () => {
  test.each<[JsonObject, string | undefined]>([
    [{ reasoning_effort: 'low' }, 'low'],
    [{ reasoning: { effort: 'high' } }, 'high'],
    ...['max', 'xhigh', 'medium', 'minimal', 'none'].map((effort): [JsonObject, string] => [
      { reasoning: { effort } },
      effort,
    ]),
    [{ reasoning: { enabled: true } }, 'medium'],
    [{ reasoning: { enabled: false } }, 'none'],
    [{ reasoning: { max_tokens: 1000 }, max_tokens: 5000 }, 'low'],
    [{ reasoning: { max_tokens: 4000 }, max_tokens: 5000 }, 'high'],
    [{ reasoning: {} }, undefined],
    [{ reasoning: null }, undefined],
    [{ reasoning: { exclude: true } }, undefined],
    [{ include_reasoning: true }, undefined],
    [{ include_reasoning: false }, undefined],
    [{ reasoning: { summary: 'auto' } }, undefined],
  ])('%o asks for %s', async (body, effort) => {
    await accepted(gateway, body)
    expect(sent(gateway)['reasoning_effort']).toBe(effort)
    expect(sent(gateway)).not.toHaveProperty('include_reasoning')
  })

  test.each(['acme/thinks', 'acme/thinks-in-details'])('comes back as text and as details: %s', async (model) => {
    const reply = await accepted(gateway, { model })
    const text = 'First consider the question, then answer it.'
    expect(at(reply, 'choices', 0, 'message')).toMatchObject({
      content: simulatedText(12),
      reasoning: text,
      reasoning_details: [{ type: 'reasoning.text', text, format: 'unknown' }],
    })
  })

  test.each([{ reasoning: { exclude: true } }, { include_reasoning: false }])(
    '%o keeps it out of the reply, but it is billed',
    async (body) => {
      const reply = await accepted(gateway, { model: 'acme/thinks', ...body })
      expect(at(reply, 'choices', 0, 'message')).not.toHaveProperty('reasoning')
      expect(at(reply, 'choices', 0, 'message')).not.toHaveProperty('reasoning_details')
      expect(at(reply, 'choices', 0, 'message', 'content')).toBe(simulatedText(12))
      expect(reply['usage']).toMatchObject({
        completion_tokens: 19,
        completion_tokens_details: { reasoning_tokens: 7 },
        cost: (1 + 2 * 19) / 1e6,
      })
      const { chunks } = await readStream(await gateway.chat({ model: 'acme/thinks', stream: true, ...body }))
      expect(JSON.stringify(chunks)).not.toContain('First')
    },
  )
})

describe('contract §3: the reply', () => {
  test('has the members that decoders insist on', async () => {
    const reply = await accepted(gateway, {})
    expect(reply).toMatchObject({
      service_tier: null,
      choices: [{ logprobs: null, message: { refusal: null, reasoning: null } }],
    })
    for (const name of ['tool_calls', 'annotations', 'images', 'audio', 'reasoning_details'])
      expect(at(reply, 'choices', 0, 'message')).not.toHaveProperty(name)
    expect(at(reply, 'choices', 0)).not.toHaveProperty('error')
    expect(reply).not.toHaveProperty('error')
    expect(reply).not.toHaveProperty('user_id')
  })

  test('a refusal', async () => {
    const reply = await accepted(gateway, { model: 'acme/refuses' })
    expect(at(reply, 'choices', 0, 'message')).toMatchObject({
      content: null,
      refusal: "I'm sorry, but I can't help with that.",
    })
  })

  test('annotations without null members', async () => {
    const reply = await accepted(gateway, { model: 'acme/draws' })
    const annotations = at(reply, 'choices', 0, 'message', 'annotations')
    expect(annotations).toMatchObject([
      {
        type: 'url_citation',
        url_citation: { url: 'https://example.com/rivers', title: 'About rivers', start_index: 0 },
      },
      { type: 'url_citation', url_citation: { url: 'https://example.com/boats' } },
    ])
    expect(JSON.stringify(annotations)).not.toContain('null')
  })

  test('audio', async () => {
    const reply = await accepted(gateway, { model: 'acme/speaks' })
    expect(at(reply, 'choices', 0, 'message', 'audio')).toMatchObject({
      id: expect.any(String),
      data: expect.any(String),
      transcript: simulatedText(12),
      expires_at: expect.any(Number),
    })
  })

  test('the upstream’s own id is not the reply’s', async () => {
    const reply = await accepted(gateway, {})
    expect(asText(reply['id'])).toMatch(/^gen-/)
    expect(calls(gateway)).toHaveLength(1)
  })
})
