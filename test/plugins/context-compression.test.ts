import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { estimateTokens } from '../../src/canonical/prompt-tokens.ts'
import { startGateway, type TestGateway } from '../gateway.ts'
import { messagesOf, type Reply, type ScriptedProvider, startProvider } from './scripted-provider.ts'

let reply: (index: number) => Reply
let provider: ScriptedProvider
let gateway: TestGateway
const at = (context: number, more: Readonly<Record<string, unknown>> = {}) => ({
  context_length: context,
  endpoints: [{ provider: 'prov-a', model: 'm', context_length: context, ...more }],
})
beforeAll(async () => {
  provider = await startProvider((_, index) => reply(index))
  gateway = await startGateway({
    providers: {
      'prov-a': { base_url: `${provider.url}/v1`, api_key: 'a' },
      'prov-b': { base_url: `${provider.url}/v1`, api_key: 'b' },
    },
    models: {
      'acme/m1': at(10_000),
      'acme/large': at(100_000),
      'acme/small': at(2_000),
      'acme/image': { ...at(2_000), output_modalities: ['image'] },
      'acme/m2': {
        endpoints: [
          { provider: 'prov-a', model: 'narrow', context_length: 8_500 },
          { provider: 'prov-b', model: 'wide', context_length: 10_000 },
        ],
      },
      'anthropic/claude-test': at(1_000_000),
      'acme/text': at(10_000, { operations: ['completions'] }),
    },
  })
})
beforeEach(() => {
  reply = () => ({ text: 'Done.' })
  provider.clear()
})
afterAll(async () => {
  await gateway.close()
  await provider.close()
})

/** So many exchanges of about 220 tokens each, and a last question. */
const conversation = (exchanges: number) => [
  { role: 'system', content: 'Be brief.' },
  ...Array.from({ length: exchanges }, (_, index) => [
    { role: 'user', content: `Question ${index}. ${'word '.repeat(100)}`, extra: index },
    { role: 'assistant', content: `Answer ${index}. ${'word '.repeat(100)}` },
  ]).flat(),
  { role: 'user', content: 'The last question.' },
]
const plugins = [{ id: 'context-compression' }]

async function ask(body: Readonly<Record<string, unknown>>, path = '/api/v1/chat/completions') {
  const response = await gateway.post(
    path,
    { model: 'acme/m1', messages: conversation(60), ...body },
    { 'x-openrouter-metadata': 'enabled' },
  )
  const answer = Object(await response.json())
  return { status: response.status, answer, pipeline: answer.openrouter_metadata?.pipeline ?? [] }
}
const sent = (index = 0) => messagesOf(provider.received[index])
const tokensSent = (index = 0) =>
  sent(index).reduce((sum, { content }) => sum + 4 + estimateTokens(String(content ?? '')), 0)

describe('contract row 57: a prompt that exceeds the context', () => {
  test('without compression is 400 context_length_exceeded', async () => {
    const { status, answer } = await ask({ messages: conversation(80) })
    expect(status).toBe(400)
    expect(answer.error.error_type).toBe('context_length_exceeded')
    expect(answer.error.message).toMatch(/ Shorten the prompt, .* switching on the plugin `context-compression`, /)
    expect(provider.received).toHaveLength(0)
  })

  test.each([
    ['the plugin', { plugins }],
    ['the plugin and its engine', { plugins: [{ id: 'context-compression', engine: 'middle-out' }] }],
    ['`transforms`', { transforms: ['middle-out'] }],
  ])('with %s the middle is left out, and the pipeline says so', async (_, body) => {
    const { status, pipeline } = await ask(body)
    expect(status).toBe(200)
    expect(tokensSent()).toBeLessThanOrEqual(10_000)
    expect(tokensSent()).toBeGreaterThan(8_000)
    const messages = sent()
    expect(pipeline).toEqual([
      {
        type: 'context_compression',
        name: 'context-compression',
        data: { engine: 'middle-out', input_type: 'messages', original_count: 122, compressed_count: messages.length },
      },
    ])
    expect(messages[0]).toEqual({ role: 'system', content: 'Be brief.' })
    // A message that was kept goes on as it came, with fields that the gateway does not know.
    expect(messages[1]).toMatchObject({ content: expect.stringContaining('Question 0.'), extra: 0 })
    expect(messages.at(-2)).toMatchObject({ content: expect.stringContaining('Answer 59.') })
    expect(messages.at(-3)).toMatchObject({ extra: 59 })
    expect(messages.at(-1)).toEqual({ role: 'user', content: 'The last question.' })
  })

  test('the requested output takes part of the room', async () => {
    const { status } = await ask({ plugins, max_tokens: 6_000 })
    expect(status).toBe(200)
    expect(tokensSent()).toBeLessThanOrEqual(4_000)
    expect(tokensSent()).toBeGreaterThan(3_000)
  })

  test('streamed, it is the same', async () => {
    const response = await gateway.chat({ messages: conversation(60), plugins, stream: true })
    expect(response.status).toBe(200)
    expect(await response.text()).toContain('Done.')
    expect(tokensSent()).toBeLessThanOrEqual(10_000)
  })

  test('a prompt that fits goes on as it is, without a stage', async () => {
    const { status, pipeline } = await ask({ messages: conversation(20), plugins })
    expect(status).toBe(200)
    expect(pipeline).toEqual([])
    expect(sent()).toHaveLength(42)
  })
})

describe('contract §6.4: compression by itself', () => {
  test('runs where the context is at most 8192', async () => {
    const { status, pipeline } = await ask({ model: 'acme/small' })
    expect(status).toBe(200)
    expect(pipeline).toHaveLength(1)
    expect(tokensSent()).toBeLessThanOrEqual(2_000)
  })

  test.each([
    ['enabled: false', { plugins: [{ id: 'context-compression', enabled: false }] }],
    ['empty transforms', { transforms: [] }],
  ])('not with %s', async (_, body) => {
    const { status, answer } = await ask({ model: 'acme/small', ...body })
    expect(status).toBe(400)
    expect(answer.error.error_type).toBe('context_length_exceeded')
  })

  test.each([{}, { plugins }])('not where the model only makes images: %j', async (body) => {
    expect((await ask({ model: 'acme/image', ...body })).status).toBe(400)
  })
})

describe('contract §6.4: the choice of models', () => {
  test('a model with less than half of the required context is passed over', async () => {
    // About 13,000 tokens are required.
    const { answer } = await ask({ models: ['acme/small', 'acme/m1', 'acme/large'], model: undefined, plugins })
    expect(answer.model).toBe('acme/m1')
    expect(tokensSent()).toBeLessThanOrEqual(10_000)
  })

  test('with enough context in a later model, the prompt is sent there as it is', async () => {
    const { answer, pipeline } = await ask({ models: ['acme/small', 'acme/large'], model: undefined, plugins })
    expect(answer.model).toBe('acme/large')
    expect(sent()).toHaveLength(122)
    expect(pipeline).toEqual([])
  })

  test('where none has half, the largest is taken', async () => {
    const { answer } = await ask({
      messages: conversation(200),
      models: ['acme/small', 'acme/m1'],
      model: undefined,
      plugins,
    })
    expect(answer.model).toBe('acme/m1')
    expect(tokensSent()).toBeLessThanOrEqual(10_000)
    expect(tokensSent()).toBeGreaterThan(8_000)
  })

  test('of the endpoints of a model, one that the result fits is called', async () => {
    const { status, answer } = await ask({ model: 'acme/m2', plugins })
    expect(status).toBe(200)
    expect(provider.received[0]?.['model']).toBe('wide')
    expect(answer.model).toBe('acme/m2')
  })

  test('endpoints that the request excludes do not count', async () => {
    const { status } = await ask({ model: 'acme/m2', plugins, provider: { only: ['prov-a'] } })
    expect(status).toBe(200)
    expect(provider.received[0]?.['model']).toBe('narrow')
    expect(tokensSent()).toBeLessThanOrEqual(8_500)
  })
})

test('contract §2.1: Anthropic’s models get at most 1,000 messages, half from the head and half from the tail', async () => {
  const messages = Array.from({ length: 1_201 }, (_, index) => ({
    role: index % 2 === 0 ? 'user' : 'assistant',
    content: `message ${index}`,
  }))
  const { status, pipeline } = await ask({ model: 'anthropic/claude-test', messages, plugins })
  expect(status).toBe(200)
  expect(sent()).toHaveLength(1_000)
  expect(sent()[498]).toMatchObject({ content: 'message 498' })
  expect(sent()[500]).toMatchObject({ content: 'message 701' })
  expect(pipeline[0].data).toMatchObject({ original_count: 1_201, compressed_count: 1_000 })
})

test('the prompt of a completion is cut in its middle', async () => {
  const prompt = `BEGIN ${'word '.repeat(20_000)} END`
  const { status, pipeline } = await ask(
    { model: 'acme/text', messages: undefined, prompt, plugins },
    '/api/v1/completions',
  )
  expect(status).toBe(200)
  const cut = String(provider.received[0]?.['prompt'])
  expect(cut).toMatch(/^BEGIN [^]* END$/)
  expect(estimateTokens(cut)).toBeLessThanOrEqual(10_000)
  expect(pipeline[0].data).toMatchObject({ input_type: 'prompt', compressed_count: Math.ceil(estimateTokens(cut)) })
})

test('each turn of a tool loop fits, and calls keep their results', async () => {
  const turns = 12
  const words = 'word '.repeat(300)
  reply = (index) =>
    index === turns
      ? { text: 'Done.' }
      : {
          text: `Turn ${index}. ${words}`,
          toolCalls: [0, 1].map((call) => ({ id: `call_${index}_${call}`, name: 'datetime', arguments: '{}' })),
        }
  const { status, answer, pipeline } = await ask({
    model: 'acme/small',
    messages: [{ role: 'user', content: 'What time is it?' }],
    tools: [{ type: 'openrouter:datetime' }],
  })
  expect(status).toBe(200)
  expect(answer.choices[0].finish_reason).toBe('stop')
  expect(provider.received).toHaveLength(turns + 1)
  for (const [index] of provider.received.entries()) {
    expect(tokensSent(index)).toBeLessThanOrEqual(2_000)
    const called = sent(index).flatMap(({ tool_calls: calls }) =>
      Array.isArray(calls) ? calls.map(({ id }) => id) : [],
    )
    const answered = sent(index).flatMap(({ tool_call_id: id }) => (id === undefined ? [] : [id]))
    expect(answered).toEqual(called)
    if (index > 0) expect(called).toContain(`call_${index - 1}_0`)
  }
  expect(sent(turns)[0]).toEqual({ role: 'user', content: 'What time is it?' })
  expect(pipeline.filter(({ type }: { type: string }) => type === 'context_compression')).toHaveLength(1)
})
