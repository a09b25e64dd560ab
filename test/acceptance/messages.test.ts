import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { simulatedText } from '../../src/simulator/simulated-text.ts'
import { behaving, startGateway, type TestGateway } from '../gateway.ts'
import { accepted, at, refused, sent } from './exchange.ts'

let gateway: TestGateway
beforeAll(async () => {
  gateway = await startGateway({
    models: {
      'acme/media': { input_modalities: ['text', 'image', 'audio', 'video'], ...behaving('steady') },
      'acme/prefilled': { endpoints: [{ provider: 'prov-a', model: 'steady', prefill: true }] },
    },
  })
})
afterAll(() => gateway.close())
beforeEach(() => gateway.simulator.clearJournal())

const user = { role: 'user', content: 'hi' }

describe('contract row 4: messages', () => {
  test.each([[undefined], [[]], [null], ['hello'], [{}]])('%o', async (messages) => {
    const error = await refused(gateway, { messages })
    expect(error['message']).toContain('messages')
  })
})

describe('contract row 5: a message that is none', () => {
  test.each([
    ['an unknown role', { role: 'robot', content: 'hi' }],
    ['no role', { content: 'hi' }],
    ['user without content', { role: 'user' }],
    ['user with null content', { role: 'user', content: null }],
    ['user with a number for content', { role: 'user', content: 7 }],
    ['system without content', { role: 'system' }],
    ['tool without tool_call_id', { role: 'tool', content: 'sunny' }],
    ['tool without content', { role: 'tool', tool_call_id: 'c1' }],
    [
      'a call without arguments',
      { role: 'assistant', content: null, tool_calls: [{ id: 'c1', type: 'function', function: { name: 'f' } }] },
    ],
    [
      'a call without name',
      { role: 'assistant', tool_calls: [{ id: 'c1', type: 'function', function: { arguments: '{}' } }] },
    ],
    [
      'a call without id',
      { role: 'assistant', tool_calls: [{ type: 'function', function: { name: 'f', arguments: '{}' } }] },
    ],
    [
      'a call without type',
      { role: 'assistant', tool_calls: [{ id: 'c1', function: { name: 'f', arguments: '{}' } }] },
    ],
    ['a part of unknown type', { role: 'user', content: [{ type: 'smell', smell: 'rose' }] }],
    ['a refusal part', { role: 'user', content: [{ type: 'refusal', refusal: 'no' }] }],
    ['a file without data', { role: 'user', content: [{ type: 'file', file: { filename: 'a.pdf' } }] }],
    ['an image without url', { role: 'user', content: [{ type: 'image_url', image_url: {} }] }],
    [
      'a system image',
      { role: 'system', content: [{ type: 'image_url', image_url: { url: 'https://example.com/a.png' } }] },
    ],
  ])('%s', async (_, message) => {
    const error = await refused(gateway, { messages: [user, message] })
    expect(error['message']).toContain('messages[1]')
    expect(at(error, 'metadata', 'issues', 0, 'path')).toMatch(/^messages\[1\]/)
  })
})

test('contract row 9: all five roles in one conversation', async () => {
  const call = { id: 'c1', type: 'function', function: { name: 'get_weather', arguments: '{"location":"Rome"}' } }
  const messages = [
    { role: 'system', content: 'Be short.', name: 'rules' },
    { role: 'developer', content: [{ type: 'text', text: 'Use tools.' }], name: 'dev' },
    { role: 'user', content: 'Weather in Rome?', name: 'alan' },
    { role: 'assistant', content: null, tool_calls: [call], name: 'bot', refusal: null, reasoning: 'I should look.' },
    { role: 'tool', tool_call_id: 'c1', content: 'sunny' },
  ]
  await accepted(gateway, { messages })
  const received = sent(gateway)['messages']
  expect(received).toHaveLength(5)
  expect(at(received, 1, 'role')).toMatch(/^(developer|system)$/)
  expect(received).toMatchObject(messages.map(({ role, ...rest }, i) => (i === 1 ? rest : { role, ...rest })))
})

describe('contract row 10: parts', () => {
  const image = 'data:image/png;base64,iVBORw0KGgo='
  const part = (kind: object) => ({ role: 'user', content: [{ type: 'text', text: 'Look.' }, kind] })

  test.each([
    ...['auto', 'low', 'high', 'original'].map((detail) => ({ type: 'image_url', image_url: { url: image, detail } })),
    ...['wav', 'mp3', 'flac', 'm4a', 'ogg', 'pcm16', 'pcm24', 'aiff', 'aac'].map((format) => ({
      type: 'input_audio',
      input_audio: { data: 'AAAA', format },
    })),
    { type: 'input_video', video_url: { url: 'https://example.com/a.mp4' } },
    { type: 'video_url', video_url: { url: 'data:video/mp4;base64,AAAA' } },
    { type: 'image_url', image_url: { url: 'https://example.com/a.png' } },
  ])('%o', async (kind) => {
    await accepted(gateway, { model: 'acme/media', messages: [part(kind)] })
    expect(sent(gateway)['messages']).toEqual([part(kind)])
  })

  test.each([
    { type: 'image_url', image_url: { url: image, detail: 'huge' } },
    { type: 'input_audio', input_audio: { data: 'AAAA' } },
    { type: 'input_audio', input_audio: { format: 'wav' } },
    { type: 'input_video', video_url: {} },
    { type: 'text' },
  ])('%o is refused', async (kind) => {
    await refused(gateway, { model: 'acme/media', messages: [part(kind)] })
  })
})

describe('what arrives', () => {
  test('unknown keys, reasoning and annotations of earlier turns arrive as they were', async () => {
    const details = [
      { type: 'reasoning.text', text: 'hm', signature: 's', id: 'r1', format: 'anthropic-claude-v1', index: 0 },
      { type: 'reasoning.encrypted', data: 'xxx', id: null, format: 'openai-responses-v1', index: 1 },
    ]
    const messages = [
      { role: 'user', content: 'hi', weather: 'sunny' },
      { role: 'assistant', content: 'ho', reasoning: 'hm', reasoning_details: details },
      { role: 'assistant', content: null, reasoning_details: [] },
      { role: 'user', content: 'so?' },
    ]
    await accepted(gateway, { messages })
    expect(sent(gateway)['messages']).toEqual(messages)
  })

  test('cache marks are not sent to a provider that does not have them', async () => {
    await accepted(gateway, {
      messages: [
        {
          role: 'user',
          content: [{ type: 'text', text: 'hi', cache_control: { type: 'ephemeral' } }],
          cache_control: { type: 'ephemeral' },
        },
      ],
    })
    expect(sent(gateway)['messages']).toEqual([{ role: 'user', content: [{ type: 'text', text: 'hi' }] }])
  })

  test('a tool result that answers no call goes on', async () => {
    await accepted(gateway, {
      messages: [
        { role: 'user', content: 'hi' },
        { role: 'tool', tool_call_id: 'nobody', content: 'x' },
      ],
    })
    expect(at(sent(gateway), 'messages', 1, 'tool_call_id')).toBe('nobody')
  })

  test('a trailing assistant message is continued', async () => {
    const reply = await accepted(gateway, {
      model: 'acme/prefilled',
      messages: [
        { role: 'user', content: 'hi' },
        { role: 'assistant', content: 'The river' },
      ],
    })
    expect(at(sent(gateway), 'messages', 1)).toEqual({ role: 'assistant', content: 'The river' })
    expect(at(reply, 'choices', 0, 'message', 'content')).toBe(simulatedText(12).slice('The river'.length))
  })
})
