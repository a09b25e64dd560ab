import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { simulatedText } from '../../../src/simulator/simulated-text.ts'
import { readStream } from '../../sse.ts'
import { type ProtocolGateway, startProtocolGateway } from '../protocol-gateway.ts'

let gateway: ProtocolGateway
beforeAll(async () => {
  gateway = await startProtocolGateway('converse', {
    steady: 'steady',
    'claude-sonnet-4.5': 'reasoning',
    'one-call': 'tool-call',
    'two-calls': 'parallel-tool-calls+reasoning',
    citations: 'citations',
    cached: 'usage-100-7+cached-40',
    'no-usage': 'no-usage',
    refusal: 'refusal',
    'max-tokens': 'finish-max_tokens',
    window: 'finish-model_context_window_exceeded',
    filtered: 'finish-content_filtered',
    'malformed-call': 'finish-malformed_tool_use',
    'stop-sequence': 'finish-stop_sequence',
    arn: 'arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-sonnet-4-5-20250929-v1:0',
    fragments: 'fragment-bytes+tokens-20',
  })
})
afterAll(() => gateway.close())
beforeEach(() => gateway.upstream.clearJournal())

const weather = {
  type: 'function',
  function: {
    name: 'weather',
    parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  },
}

describe('an answer', () => {
  test('is text, with what it cost', async () => {
    const { received, reply } = await gateway.ask('steady')
    expect(received).toMatchObject({ content: simulatedText(12), finish: 'stop', native: 'end_turn', toolCalls: [] })
    expect(reply['usage']).toMatchObject({ prompt_tokens: 1, completion_tokens: 12, total_tokens: 13 })
  })

  test('is the same when each byte comes alone', async () => {
    const { received } = await gateway.ask('fragments')
    expect(received.content).toBe(simulatedText(20))
  })

  test('comes from the address with the model, however that is spelled', async () => {
    await gateway.ask('arn')
    expect(gateway.upstream.journal().map(({ path }) => path)).toEqual(
      ['converse', 'converse-stream'].map(
        (operation) =>
          `/prov-a/v9/model/arn%3Aaws%3Abedrock%3Aus-east-1%3A123456789012%3Ainference-profile%2Fus.anthropic.claude-sonnet-4-5-20250929-v1%3A0/${operation}`,
      ),
    )
    expect(gateway.upstream.journal()[0]?.headers['authorization']).toMatch(/^\*{4}/)
  })

  test('has reasoning with its signature', async () => {
    const { received } = await gateway.ask('claude-sonnet-4.5')
    expect(received.reasoning).toBe('First consider the question, then answer it.')
    expect(received.reasoningDetails).toEqual([
      {
        type: 'reasoning.text',
        text: received.reasoning,
        signature: expect.stringMatching(/^[A-Za-z0-9+/]{43}=$/),
        id: null,
        format: 'anthropic-claude-v1',
        index: 0,
      },
    ])
    expect(received.content).toBe(simulatedText(12))
  })

  test('calls tools, one or two at once', async () => {
    const one = await gateway.ask('one-call', { tools: [weather] })
    expect(one.received).toMatchObject({
      finish: 'tool_calls',
      native: 'tool_use',
      toolCalls: [{ name: 'weather', arguments: '{"city":"The river"}' }],
    })
    const two = await gateway.ask('two-calls', { tools: [weather] })
    expect(two.received.toolCalls.map(({ arguments: text }) => text)).toEqual(Array(2).fill('{"city":"The river"}'))
    expect(new Set(two.received.toolCalls.map(({ id }) => id)).size).toBe(2)
  })

  test('calls a tool without parameters with an empty object', async () => {
    const tool = { type: 'function', function: { name: 'now' } }
    const { received } = await gateway.ask('one-call', { tools: [tool] })
    expect(received.toolCalls).toMatchObject([{ name: 'now', arguments: '{}' }])
  })

  test('has citations with a URL, for the text of their block', async () => {
    const { received } = await gateway.ask('citations')
    const end_index = simulatedText(12).length
    expect(received.annotations).toEqual(
      ['rivers', 'boats'].map((topic) => ({
        type: 'url_citation',
        url_citation: { url: `https://example.com/${topic}`, title: `About ${topic}`, start_index: 0, end_index },
      })),
    )
  })

  test.each([
    ['refusal', 'content_filter', 'guardrail_intervened'],
    ['max-tokens', 'length', 'max_tokens'],
    ['window', 'length', 'model_context_window_exceeded'],
    ['filtered', 'content_filter', 'content_filtered'],
    ['malformed-call', 'error', 'malformed_tool_use'],
    ['stop-sequence', 'stop', 'stop_sequence'],
  ])('that ends with %s is %s', async (name, finish, native) => {
    expect((await gateway.ask(name)).received).toMatchObject({ finish, native })
  })
})

describe('usage', () => {
  test('counts what was read from a cache inside the prompt', async () => {
    const { reply } = await gateway.ask('cached')
    expect(reply['usage']).toMatchObject({
      prompt_tokens: 100,
      completion_tokens: 7,
      prompt_tokens_details: { cached_tokens: 40 },
      // One dollar per million, half a dollar where it was cached, and two dollars for completion.
      cost: (60 + 40 * 0.5 + 7 * 2) / 1e6,
    })
  })

  test('that never comes is no failure', async () => {
    expect((await gateway.ask('no-usage')).received).toMatchObject({ content: simulatedText(12), finish: 'stop' })
    const { chunks } = await readStream(await gateway.chat({ model: 'test/no-usage', stream: true }))
    expect(chunks.at(-1)?.error).toBeUndefined()
  })
})
