import { afterAll, beforeAll, expect, test } from 'vitest'
import { simulatedText } from '../../../src/simulator/simulated-text.ts'
import { type GatewaySpeaking, startGatewaySpeaking } from '../gateway-speaking.ts'

let gateway: GatewaySpeaking
beforeAll(async () => {
  gateway = await startGatewaySpeaking('responses', {
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
  const { told, reply } = await gateway.ask('text')
  expect(told).toMatchObject({ content: simulatedText(5), finish: 'stop', native: 'completed', reasoningDetails: [] })
  expect(reply).toMatchObject({
    service_tier: 'default',
    usage: {
      prompt_tokens: 100,
      completion_tokens: 7,
      total_tokens: 107,
      prompt_tokens_details: { cached_tokens: 40 },
      // 60 at a dollar a million, 40 at half a dollar, 7 at two.
      cost: (60 + 40 * 0.5 + 7 * 2) / 1e6,
    },
  })
})

test('thoughts come as a summary and, under the same id, encrypted; before the text', async () => {
  const { told, reply } = await gateway.ask('thoughts')
  const thought = 'First consider the question, then answer it.'
  expect(told).toMatchObject({ content: simulatedText(3), reasoning: thought })
  const [summary, encrypted] = told.reasoningDetails
  expect(told.reasoningDetails).toEqual([
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
  const { told } = await gateway.ask('calls')
  expect(told).toMatchObject({ finish: 'tool_calls', native: 'completed', content: '' })
  expect(told.toolCalls.map(({ name, arguments: text }) => [name, text])).toEqual([
    ['get_weather', '{"location":"The river"}'],
    ['get_weather', '{"location":"The river"}'],
  ])
  expect(new Set(told.toolCalls.map(({ id }) => id)).size).toBe(2)
})

test('citations, images and refusals', async () => {
  const cited = await gateway.ask('cited')
  expect(cited.told.annotations).toEqual(
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
  expect(drawn.told.images).toEqual([
    { type: 'image_url', image_url: { url: expect.stringMatching(/^data:image\/png;base64,iVBOR/) } },
  ])
  expect((await gateway.ask('refused')).told).toMatchObject({
    refusal: "I'm sorry, but I can't help with that.",
    content: '',
    finish: 'stop',
  })
})

test('why an answer is incomplete is its finish', async () => {
  const limited = await gateway.ask('limited', { max_tokens: 20 })
  expect(limited.told).toMatchObject({ content: simulatedText(20), finish: 'length', native: 'max_output_tokens' })
  const filtered = await gateway.ask('filtered')
  expect(filtered.told).toMatchObject({ finish: 'content_filter', native: 'content_filter' })
})

test('log probabilities of each token with its rivals', async () => {
  const { told } = await gateway.ask('text', { logprobs: true, top_logprobs: 2 })
  expect(told.logprobs).toHaveLength(5)
  expect(told.logprobs[1]).toMatchObject({
    token: ' river',
    logprob: -0.06,
    top_logprobs: [{ token: ' river', logprob: -0.06 }, { logprob: -1.06 }],
  })
})

test('however the bytes are cut, with comments and CRLF', async () => {
  const { told } = await gateway.ask('bytes')
  expect(told).toMatchObject({ content: simulatedText(4), finish: 'stop' })
  expect(told.reasoningDetails).toHaveLength(2)
})

test('JSON that a schema asks for', async () => {
  const schema = { type: 'object', properties: { city: { type: 'string' }, days: { type: 'integer' } } }
  const response_format = { type: 'json_schema', json_schema: { name: 'trip', schema } }
  const { told } = await gateway.ask('text', { response_format })
  expect(JSON.parse(told.content)).toEqual({ city: 'The river', days: 7 })
})
