import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type ProtocolGateway, startProtocolGateway } from '../protocol-gateway.ts'

let gateway: ProtocolGateway
beforeAll(async () => {
  const efforts = (model: string, ...known: readonly string[]) => ({ model, reasoning: { efforts: known } })
  gateway = await startProtocolGateway('generate-content', {
    newest: 'steady',
    old: 'gemini-2.5-flash',
    pro: { model: 'gemini-2.5-pro', reasoning: {} },
    lite: { model: 'gemini-2.5-flash-lite', reasoning: {} },
    flash: { model: 'gemini-2.5-flash', reasoning: {} },
    unthinking: { model: 'gemini-2.0-flash', reasoning: {} },
    three: { model: 'gemini-3-pro-preview', reasoning: {} },
    'three-flash': efforts('gemini-3-flash-preview', 'none', 'low', 'medium', 'high'),
    'three-one': efforts('gemini-3.1-pro-preview', 'low', 'medium', 'high'),
    narrow: {
      endpoints: [
        {
          provider: 'prov-a',
          model: 'steady',
          pricing: { prompt: 1, completion: 2 },
          supported_parameters: ['max_tokens'],
        },
      ],
    },
  })
})
afterAll(() => gateway.close())
beforeEach(() => gateway.upstream.clearJournal())

/** Returns the body that the simulator received and accepted. */
async function sent(body: object): Promise<Readonly<Record<string, unknown>>> {
  const response = await gateway.chat({ model: 'test/newest', ...body })
  const reply = Object(await response.json())
  expect(reply.error).toBeUndefined()
  return gateway.sent().at(-1) ?? {}
}

const user = { role: 'user', content: 'hi' }
const png = 'iVBORw0KGgoAAAANSUhEUg=='
const pdf = 'JVBERi0xLjQK'

test('the model and the kind of reply are in the path, the key is in a header', async () => {
  await sent({})
  await (await gateway.chat({ model: 'test/newest', stream: true })).text()
  const [whole, streamed] = gateway.upstream.journal()
  expect(whole?.path).toBe('/prov-a/v9/models/steady:generateContent')
  expect(streamed?.path).toBe('/prov-a/v9/models/steady:streamGenerateContent?alt=sse')
  expect(whole?.headers['x-goog-api-key']).toBe('****ov-a')
  expect(whole?.headers.authorization).toBeUndefined()
})

test('parameters in Google’s names; what Gemini does not have is left out', async () => {
  const body = await sent({
    max_tokens: 9,
    temperature: 0.5,
    top_p: 0.9,
    top_k: 40,
    seed: 7,
    presence_penalty: 0.1,
    frequency_penalty: 0.2,
    stop: ['END'],
    min_p: 0.1,
    top_a: 0.1,
    repetition_penalty: 1.1,
    logit_bias: { 1: 2 },
    user: 'me',
    metadata: { a: 'b' },
    verbosity: 'low',
    parallel_tool_calls: false,
  })
  expect(body).toEqual({
    contents: [{ role: 'user', parts: [{ text: 'hi' }] }],
    generationConfig: {
      maxOutputTokens: 9,
      temperature: 0.5,
      topP: 0.9,
      topK: 40,
      seed: 7,
      presencePenalty: 0.1,
      frequencyPenalty: 0.2,
      stopSequences: ['END'],
    },
  })
  expect(await sent({ top_k: 0 })).not.toHaveProperty('generationConfig')
  expect(await sent({ model: 'test/narrow', temperature: 1, max_tokens: 5 })).toMatchObject({
    generationConfig: { maxOutputTokens: 5 },
  })
})

test('instructions go to the top, turns of one role become one, names are put before the text', async () => {
  const body = await sent({
    messages: [
      { role: 'system', content: 'one' },
      { role: 'user', content: 'a', name: 'Ann' },
      { role: 'developer', content: [{ type: 'text', text: 'two' }] },
      {
        role: 'user',
        content: [
          { type: 'text', text: '' },
          { type: 'text', text: 'b' },
        ],
      },
      { role: 'assistant', content: 'c', refusal: null },
      { role: 'assistant', content: 'd' },
      user,
    ],
  })
  expect(body).toMatchObject({
    systemInstruction: { parts: [{ text: 'one' }, { text: 'two' }] },
    contents: [
      { role: 'user', parts: [{ text: 'Ann: a' }, { text: 'b' }] },
      { role: 'model', parts: [{ text: 'c' }, { text: 'd' }] },
      { role: 'user', parts: [{ text: 'hi' }] },
    ],
  })
  const alone = await sent({ messages: [{ role: 'system', content: 'only this' }] })
  expect(alone).toEqual({ contents: [{ role: 'user', parts: [{ text: 'only this' }] }] })
})

test('a beginning of the answer is continued', async () => {
  const messages = [user, { role: 'assistant', content: 'The river' }]
  const endpoints = await gateway.chat({ model: 'test/newest', messages })
  expect(Object(await endpoints.json()).choices[0].message.content).toMatch(/^ carries/)
})

test('images, documents, sound and videos, in messages and in the results of tools', async () => {
  const picture = { type: 'image_url', image_url: { url: `data:image/png;base64,${png}` } }
  const messages = [
    {
      role: 'user',
      content: [
        picture,
        { type: 'file', file: { filename: 'a.pdf', file_data: `data:application/pdf;base64,${pdf}` } },
        { type: 'input_audio', input_audio: { data: png, format: 'mp3' } },
        { type: 'video_url', video_url: { url: `data:video/mp4;base64,${png}` } },
        { type: 'video_url', video_url: { url: 'https://www.youtube.com/watch?v=abc' } },
      ],
    },
    { role: 'assistant', tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'look', arguments: '' } }] },
    { role: 'tool', tool_call_id: 'call_1', content: [{ type: 'text', text: 'seen' }, picture] },
  ]
  const inline = (mimeType: string, data = png) => ({ inlineData: { mimeType, data } })
  const body = await sent({ messages })
  expect(body['contents']).toMatchObject([
    {
      parts: [
        inline('image/png'),
        inline('application/pdf', pdf),
        inline('audio/mp3'),
        inline('video/mp4'),
        { fileData: { fileUri: 'https://www.youtube.com/watch?v=abc' } },
      ],
    },
    { parts: [{ functionCall: { name: 'look', args: {} } }] },
    {
      parts: [{ functionResponse: { name: 'look', response: { output: 'seen' }, parts: [inline('image/png')] } }],
    },
  ])
  // Before Gemini 3 results contain no media, and calls no signature.
  const { contents } = await sent({ model: 'test/old', messages })
  expect(contents).toMatchObject([
    {},
    { parts: [{ functionCall: { name: 'look' } }] },
    { parts: [{ functionResponse: { name: 'look', response: { output: 'seen' } } }, inline('image/png')] },
  ])
  expect(JSON.stringify(contents)).not.toContain('thoughtSignature')
})

test('a file by an unknown id is refused with its place', async () => {
  const content = [{ type: 'file', file: { file_id: 'file-1' } }]
  const response = await gateway.chat({ model: 'test/newest', messages: [{ role: 'user', content }] })
  expect(response.status).toBe(400)
  const { error } = Object(await response.json())
  expect(error.metadata.issues).toMatchObject([{ path: 'messages[0].content[0]' }])
})

const tool = (name: string, parameters?: object) => ({
  type: 'function',
  function: { name, description: 'x', parameters },
})

test('functions: the part of a schema that Gemini supports, the rest as text', async () => {
  const schema = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    properties: {
      unit: { const: 'C' },
      name: { type: 'string', pattern: '^a', description: 'A name.' },
      child: { $ref: '#/$defs/child', description: 'lost' },
    },
    additionalProperties: false,
    $defs: { child: { type: ['integer', 'null'] } },
  }
  const { tools } = await sent({ tools: [tool('f', schema), tool('g'), tool('h', { type: 'object', properties: {} })] })
  expect(tools).toEqual([
    {
      functionDeclarations: [
        {
          name: 'f',
          description: 'x',
          parametersJsonSchema: {
            type: 'object',
            properties: {
              unit: { enum: ['C'] },
              name: { type: 'string', description: 'A name.\n\n{pattern: "^a"}' },
              child: { $ref: '#/$defs/child' },
            },
            additionalProperties: false,
            $defs: { child: { type: ['integer', 'null'] } },
          },
        },
        { name: 'g', description: 'x' },
        { name: 'h', description: 'x' },
      ],
    },
  ])
})

test.each([
  ['auto', { mode: 'AUTO' }],
  ['none', { mode: 'NONE' }],
  ['required', { mode: 'ANY' }],
  [
    { type: 'function', function: { name: '1st' } },
    { mode: 'ANY', allowedFunctionNames: ['_st'] },
  ],
])('tool_choice %j', async (tool_choice, functionCallingConfig) => {
  const body = await sent({ tools: [tool('1st'), tool('other')], tool_choice })
  expect(body['toolConfig']).toEqual({ functionCallingConfig })
})

test.each([
  ['three', { effort: 'xhigh' }, { includeThoughts: true, thinkingLevel: 'HIGH' }],
  ['three', { effort: 'minimal' }, { includeThoughts: true, thinkingLevel: 'LOW' }],
  ['three', { effort: 'none' }, { includeThoughts: false, thinkingLevel: 'LOW' }],
  ['three', { enabled: true }, { includeThoughts: true, thinkingLevel: 'MEDIUM' }],
  ['three', { effort: 'high', exclude: true }, { includeThoughts: false, thinkingLevel: 'HIGH' }],
  ['three', { summary: 'auto' }, { includeThoughts: true }],
  ['three', { max_tokens: 800 }, { includeThoughts: true, thinkingLevel: 'HIGH' }],
  ['three-flash', { effort: 'none' }, { includeThoughts: false, thinkingLevel: 'MINIMAL' }],
  ['three-one', { effort: 'minimal' }, { includeThoughts: true, thinkingLevel: 'LOW' }],
  ['flash', { effort: 'high' }, { includeThoughts: true, thinkingBudget: 800 }],
  ['flash', { effort: 'none' }, { includeThoughts: false, thinkingBudget: 0 }],
  ['flash', { max_tokens: 300 }, { includeThoughts: true, thinkingBudget: 300 }],
  ['lite', { effort: 'low' }, { includeThoughts: true, thinkingBudget: 512 }],
  ['pro', { enabled: false }, { includeThoughts: false, thinkingBudget: 128 }],
  ['pro', { max_tokens: 50_000 }, { includeThoughts: true, thinkingBudget: 32_768 }],
  ['unthinking', { effort: 'high' }, undefined],
])('reasoning at %s: %j', async (model, reasoning, thinkingConfig) => {
  const body = await sent({ model: `test/${model}`, max_tokens: 1000, reasoning })
  expect(body['generationConfig']).toEqual({ maxOutputTokens: 1000, ...(thinkingConfig && { thinkingConfig }) })
})

test('a JSON answer', async () => {
  expect(await sent({ response_format: { type: 'json_object' } })).toMatchObject({
    generationConfig: { responseMimeType: 'application/json' },
  })
  const json_schema = { name: 'a', schema: { type: 'object', properties: { a: { type: 'integer', minimum: 1 } } } }
  expect(await sent({ response_format: { type: 'json_schema', json_schema } })).toMatchObject({
    generationConfig: { responseMimeType: 'application/json', responseJsonSchema: json_schema.schema },
  })
})

test('the debug echo shows no media', async () => {
  const url = `data:image/png;base64,${'A'.repeat(4000)}`
  const response = await gateway.chat({
    model: 'test/newest',
    stream: true,
    debug: { echo_upstream_body: true },
    messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url } }] }],
  })
  const text = await response.text()
  expect(text).toContain('"inlineData":{"mimeType":"image/png","data":"[REDACTED]"}')
})
