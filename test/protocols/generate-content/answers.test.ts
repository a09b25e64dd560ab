import { afterAll, beforeAll, expect, test } from 'vitest'
import { simulatedText } from '../../../src/simulator/simulated-text.ts'
import { type ProtocolGateway, startProtocolGateway } from '../protocol-gateway.ts'

let gateway: ProtocolGateway
beforeAll(async () => {
  gateway = await startProtocolGateway('generate-content', {
    text: 'tokens-5+usage-100-7+cached-40',
    thoughts: { model: 'tokens-3+reasoning', reasoning: {} },
    calls: { model: 'parallel-tool-calls+reasoning', reasoning: {} },
    cited: {
      endpoints: [
        { provider: 'prov-a', model: 'tokens-4+citations', pricing: { prompt: 1, completion: 2, web_search: 0.01 } },
      ],
    },
    drawn: { model: 'tokens-2+image', output_modalities: ['text', 'image'] },
    spoken: { model: 'tokens-2+audio', output_modalities: ['text', 'audio'] },
    refused: 'refusal',
    limited: 'tokens-99',
    recited: 'tokens-2+finish-RECITATION',
    strange: 'tokens-2+finish-LANGUAGE',
    old: 'gemini-2.5-flash+steady',
    bytes: { model: 'tokens-4+reasoning+fragment-bytes+crlf+comments', reasoning: {} },
  })
})
afterAll(() => gateway.close())

test('text, usage with what was cached, the finish', async () => {
  const { received, reply } = await gateway.ask('text')
  expect(received).toMatchObject({ content: simulatedText(5), finish: 'stop', native: 'STOP' })
  expect(reply).toMatchObject({
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

test('reasoning comes before the text when it is requested, and counts as completion', async () => {
  const { received, reply } = await gateway.ask('thoughts', { reasoning: { effort: 'low' } })
  const thought = 'First consider the question, then answer it.'
  expect(received).toMatchObject({ content: simulatedText(3), reasoning: thought })
  expect(received.reasoningDetails).toMatchObject([
    { type: 'reasoning.text', text: thought, format: 'google-gemini-v1', index: 0 },
    { type: 'reasoning.encrypted', format: 'google-gemini-v1', id: null, data: expect.stringMatching(/^.{44}$/) },
  ])
  expect(reply).toMatchObject({ usage: { completion_tokens: 10, completion_tokens_details: { reasoning_tokens: 7 } } })
  expect((await gateway.ask('thoughts')).received.reasoning).toBe('')
})

test('calls have ids of their own; the signature of the first is known by its id', async () => {
  const tools = [
    { type: 'function', function: { name: 'one', parameters: schemaOf({ city: { type: 'string' } }) } },
    { type: 'function', function: { name: '2nd', parameters: schemaOf({ days: { type: 'integer' } }) } },
  ]
  const { received } = await gateway.ask('calls', { tools })
  expect(received.toolCalls).toEqual([
    { id: expect.stringMatching(/^call_/), name: 'one', arguments: '{"city":"The river"}' },
    { id: expect.stringMatching(/^call_/), name: '2nd', arguments: '{"days":7}' },
  ])
  expect(new Set(received.toolCalls.map(({ id }) => id)).size).toBe(2)
  expect(received).toMatchObject({ finish: 'tool_calls', native: 'STOP' })
  expect(received.reasoningDetails).toMatchObject([{ type: 'reasoning.encrypted', id: received.toolCalls[0]?.id }])
  const [sent] = gateway.sent().slice(-1)
  expect(sent?.['tools']).toMatchObject([{ functionDeclarations: [{ name: 'one' }, { name: '_nd' }] }])
})

test('a call without arguments has an empty object of them', async () => {
  const tools = [{ type: 'function', function: { name: 'now' } }]
  const { received } = await gateway.ask('calls', {
    tools,
    tool_choice: { type: 'function', function: { name: 'now' } },
  })
  expect(received.toolCalls.map(({ arguments: text }) => text)).toEqual(['{}', '{}'])
})

test('what a search found is cited where it was used, and the search is counted', async () => {
  const { received, reply } = await gateway.ask('cited')
  expect(received.annotations).toMatchObject([
    { url_citation: { url: 'https://example.com/rivers', title: 'About rivers', start_index: 0, end_index: 23 } },
    { url_citation: { url: 'https://example.com/boats', title: 'About boats', start_index: 0, end_index: 23 } },
  ])
  expect(received.content).toHaveLength(23)
  expect(reply).toMatchObject({ usage: { cost: 0.01 + (1 + 4 * 2) / 1e6 } })
})

test('images and sound', async () => {
  const drawn = await gateway.ask('drawn', {
    modalities: ['image', 'text'],
    image_config: { aspect_ratio: '16:9', image_size: '2K' },
  })
  expect(drawn.received.images).toMatchObject([
    { image_url: { url: expect.stringMatching(/^data:image\/png;base64,iVBOR/) } },
  ])
  expect(gateway.sent().at(-1)?.['generationConfig']).toEqual({
    responseModalities: ['IMAGE', 'TEXT'],
    imageConfig: { aspectRatio: '16:9', imageSize: '2K' },
  })
  const { received } = await gateway.ask('spoken', { modalities: ['audio'], audio: { voice: 'Kore', format: 'pcm16' } })
  expect(Buffer.from(received.audio.data, 'base64').toString()).toBe(simulatedText(2))
  expect(gateway.sent().at(-1)?.['generationConfig']).toMatchObject({
    speechConfig: { voiceConfig: { prebuiltVoiceConfig: { voiceName: 'Kore' } } },
  })
})

test.each([
  ['refused', {}, 'content_filter', 'SAFETY'],
  ['recited', {}, 'content_filter', 'RECITATION'],
  ['strange', {}, 'stop', 'LANGUAGE'],
  ['limited', { max_tokens: 4 }, 'length', 'MAX_TOKENS'],
] as const)('%s ends with %j', async (name, more, finish, native) => {
  expect((await gateway.ask(name, more)).received).toMatchObject({ finish, native })
})

test('log probabilities', async () => {
  const { received } = await gateway.ask('text', { logprobs: true, top_logprobs: 2 })
  expect(received.logprobs).toHaveLength(5)
  expect(received.logprobs[0]).toMatchObject({ token: 'The', bytes: [84, 104, 101], logprob: -0.03 })
  expect(received.logprobs[0]).toMatchObject({ top_logprobs: [{ token: 'The' }, { logprob: -1.03 }] })
})

const answerSchema = {
  type: 'object',
  properties: { city: { const: 'Oslo' }, size: { $ref: '#/$defs/size', description: 'in thousands' } },
  required: ['city', 'size'],
  $defs: { size: { type: 'integer', minimum: 3 } },
}
const json = { type: 'json_schema', json_schema: { name: 'place', schema: answerSchema, strict: true } }
const weather = { type: 'function', function: { name: 'weather', parameters: schemaOf({ city: { type: 'string' } }) } }

test('structured output, alone and beside tools', async () => {
  for (const more of [{}, { tools: [weather] }]) {
    const { received } = await gateway.ask('text', { response_format: json, ...more })
    expect(JSON.parse(received.content)).toEqual({ city: 'Oslo', size: 3 })
  }
})

test('before Gemini 3 tools and structured output exclude each other: the answer becomes a call, and text again', async () => {
  expect(JSON.parse((await gateway.ask('old', { response_format: json })).received.content)).toEqual({
    city: 'Oslo',
    size: 3,
  })
  const called = await gateway.ask('old', { response_format: json, tools: [weather] })
  expect(called.received.toolCalls).toMatchObject([{ name: 'weather' }])
  const [call] = called.received.toolCalls
  const messages = [
    { role: 'user', content: 'hi' },
    {
      role: 'assistant',
      tool_calls: [{ id: call?.id, type: 'function', function: { name: 'weather', arguments: '{}' } }],
    },
    { role: 'tool', tool_call_id: call?.id, content: 'rain' },
  ]
  const { received } = await gateway.ask('old', { response_format: json, tools: [weather], messages })
  expect(received).toMatchObject({ toolCalls: [], finish: 'stop' })
  expect(JSON.parse(received.content)).toEqual({ city: 'Oslo', size: 3 })
})

test('before Gemini 3 a JSON answer without a schema is refused beside tools', async () => {
  const response = await gateway.chat({ model: 'test/old', response_format: { type: 'json_object' }, tools: [weather] })
  expect(response.status).toBe(400)
  expect(await response.json()).toMatchObject({ error: { metadata: { issues: [{ path: 'response_format' }] } } })
})

test('a stream of single bytes, with comments and CRLF', async () => {
  const { received } = await gateway.ask('bytes', { reasoning: { enabled: true } })
  expect(received).toMatchObject({ content: simulatedText(4), reasoning: expect.stringContaining('consider') })
})

function schemaOf(properties: object): object {
  return { type: 'object', properties, required: Object.keys(properties) }
}
