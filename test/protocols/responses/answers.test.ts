import { afterAll, beforeAll, expect, test } from 'vitest'
import { simulatedText } from '../../../src/simulator/simulated-text.ts'
import { type ProtocolGateway, startProtocolGateway } from '../protocol-gateway.ts'

let gateway: ProtocolGateway
beforeAll(async () => {
  gateway = await startProtocolGateway('responses', {
    text: 'tokens-5+usage-100-7+cached-40',
    thoughts: 'tokens-3+reasoning',
    calls: 'parallel-tool-calls+reasoning',
    cited: 'tokens-4+citations',
    drawn: 'tokens-2+image',
    refused: 'refusal',
    limited: 'tokens-99',
    filtered: 'tokens-2+finish-content_filter',
    bytes: 'tokens-4+reasoning+fragment-bytes+crlf+comments',
  })
})
afterAll(() => gateway.close())

test('text, usage with what was cached, the finish and the tier that served', async () => {
  const { received, reply } = await gateway.ask('text')
  expect(received).toMatchObject({
    content: simulatedText(5),
    finish: 'stop',
    native: 'completed',
    reasoningDetails: [],
  })
  expect(reply).toMatchObject({
    service_tier: 'default',
    usage: {
      prompt_tokens: 100,
      completion_tokens: 7,
      total_tokens: 107,
      prompt_tokens_details: { cached_tokens: 40 },
      // 60 tokens at one dollar per million, 40 at half a dollar, 7 at two.
      cost: (60 + 40 * 0.5 + 7 * 2) / 1e6,
    },
  })
})

test('reasoning comes as a summary and, under the same id, encrypted; before the text', async () => {
  const { received, reply } = await gateway.ask('thoughts')
  const thought = 'First consider the question, then answer it.'
  expect(received).toMatchObject({ content: simulatedText(3), reasoning: thought })
  const [summary, encrypted] = received.reasoningDetails
  expect(received.reasoningDetails).toEqual([
    {
      type: 'reasoning.summary',
      summary: thought,
      format: 'openai-responses-v1',
      id: expect.stringMatching(/^rs_/),
      index: 0,
    },
    {
      type: 'reasoning.encrypted',
      data: expect.stringMatching(/^sealed-.{43}$/),
      format: 'openai-responses-v1',
      id: summary?.['id'],
      index: 1,
    },
  ])
  expect(encrypted?.['data']).not.toBe('sealed-unfinished')
  expect(reply).toMatchObject({ usage: { completion_tokens: 10, completion_tokens_details: { reasoning_tokens: 7 } } })
})

test('parallel calls have ids of their own and arguments as they were written', async () => {
  const { received } = await gateway.ask('calls')
  expect(received).toMatchObject({ finish: 'tool_calls', native: 'completed', content: '' })
  expect(received.toolCalls.map(({ name, arguments: text }) => [name, text])).toEqual([
    ['get_weather', '{"location":"The river"}'],
    ['get_weather', '{"location":"The river"}'],
  ])
  expect(new Set(received.toolCalls.map(({ id }) => id)).size).toBe(2)
})

test('citations, images and refusals', async () => {
  const cited = await gateway.ask('cited')
  expect(cited.received.annotations).toEqual(
    ['rivers', 'boats'].map((topic) => ({
      type: 'url_citation',
      url_citation: {
        url: `https://example.com/${topic}`,
        title: `About ${topic}`,
        start_index: 0,
        end_index: simulatedText(4).length,
      },
    })),
  )
  const drawn = await gateway.ask('drawn')
  expect(drawn.received.images).toEqual([
    { type: 'image_url', image_url: { url: expect.stringMatching(/^data:image\/png;base64,iVBOR/) } },
  ])
  expect((await gateway.ask('refused')).received).toMatchObject({
    refusal: "I'm sorry, but I can't help with that.",
    content: '',
    finish: 'stop',
  })
})

test('why an answer is incomplete is its finish', async () => {
  const limited = await gateway.ask('limited', { max_tokens: 20 })
  expect(limited.received).toMatchObject({ content: simulatedText(20), finish: 'length', native: 'max_output_tokens' })
  const filtered = await gateway.ask('filtered')
  expect(filtered.received).toMatchObject({ finish: 'content_filter', native: 'content_filter' })
})

test('log probabilities of each token with its rivals', async () => {
  const { received } = await gateway.ask('text', { logprobs: true, top_logprobs: 2 })
  expect(received.logprobs).toHaveLength(5)
  expect(received.logprobs[1]).toMatchObject({
    token: ' river',
    logprob: -0.06,
    top_logprobs: [{ token: ' river', logprob: -0.06 }, { logprob: -1.06 }],
  })
})

test('however the bytes are cut, with comments and CRLF', async () => {
  const { received } = await gateway.ask('bytes')
  expect(received).toMatchObject({ content: simulatedText(4), finish: 'stop' })
  expect(received.reasoningDetails).toHaveLength(2)
})

test('JSON that a schema asks for', async () => {
  const schema = { type: 'object', properties: { city: { type: 'string' }, days: { type: 'integer' } } }
  const response_format = { type: 'json_schema', json_schema: { name: 'trip', schema } }
  const { received } = await gateway.ask('text', { response_format })
  expect(JSON.parse(received.content)).toEqual({ city: 'The river', days: 7 })
})
