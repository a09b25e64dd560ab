import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type ProtocolGateway, startProtocolGateway } from '../protocol-gateway.ts'

let gateway: ProtocolGateway
beforeAll(async () => {
  gateway = await startProtocolGateway('converse', {
    'claude-sonnet-4.5': 'steady',
    'claude-opus-4.7': 'steady',
    'claude-3-haiku': 'steady',
    'nova-2-lite': 'steady',
    'nova-pro': 'steady',
    llama: 'steady',
  })
})
afterAll(() => gateway.close())
beforeEach(() => gateway.upstream.clearJournal())

/** Returns the request that reached the upstream and was accepted, streamed or not. */
async function sent(model: string, body: object): Promise<Readonly<Record<string, unknown>>> {
  await gateway.ask(model, body)
  const [whole, streamed] = gateway.sent()
  expect(streamed).toEqual(whole)
  return whole ?? {}
}

const claude = 'claude-sonnet-4.5'
const user = (content: unknown) => ({ role: 'user', content })
const text = (words: string) => ({ type: 'text', text: words })
const png = 'iVBORw0KGgo='
const webp = 'UklGRgAAAABXRUJQVlA4IA=='
const image = (url: string) => ({ type: 'image_url', image_url: { url } })
const file = (filename: string, mediaType: string) => ({
  type: 'file',
  file: { filename, file_data: `data:${mediaType};base64,${fileBytes[mediaType] ?? 'QUJD'}` },
})
const fileBytes: Readonly<Record<string, string>> = { 'image/png': png, 'application/pdf': 'JVBERi0xLjQK' }
const weather = (more: object = {}) => ({
  type: 'function',
  function: { name: 'weather', description: 'Looks outside.', parameters: { type: 'object', properties: {} }, ...more },
})
const call = (id: string, name: string, text = '{"city":"Oslo"}') => ({
  id,
  type: 'function',
  function: { name, arguments: text },
})

describe('messages', () => {
  test('alternate: instructions go to the top, neighbours are merged, empty ones are left out', async () => {
    const messages = [
      { role: 'system', content: 'Be brief.' },
      user('One'),
      { role: 'developer', content: [text('Be kind.'), text('  ')] },
      { ...user('Two'), name: 'Ann' },
      { role: 'assistant', content: null },
      { role: 'assistant', content: 'Three' },
      { role: 'assistant', content: ' ' },
      user('Four'),
    ]
    expect(await sent(claude, { messages })).toEqual({
      system: [{ text: 'Be brief.' }, { text: 'Be kind.' }],
      messages: [
        { role: 'user', content: [{ text: 'One' }, { text: 'Ann: Two' }] },
        { role: 'assistant', content: [{ text: 'Three' }] },
        { role: 'user', content: [{ text: 'Four' }] },
      ],
    })
  })

  test('that are instructions only become a user message', async () => {
    const messages = [{ role: 'system', content: 'Say hello.' }]
    expect(await sent(claude, { messages })).toEqual({
      messages: [{ role: 'user', content: [{ text: 'Say hello.' }] }],
    })
  })

  test('that end in an answer have it continued, without the white space at its end', async () => {
    const messages = [user('Go on'), { role: 'assistant', content: 'The river \n' }]
    const { received } = await gateway.ask(claude, { messages })
    expect(gateway.sent()[0]).toMatchObject({ messages: [{}, { content: [{ text: 'The river' }] }] })
    expect(received.content).toMatch(/^ carries small boats/)
  })

  test('carry images, documents, video and sound as bytes', async () => {
    const parts = [
      image('data:image/jpg;base64,/9j/4AAQ'),
      image(`data:image/webp;base64,${webp}`),
      file('Report (v1).final.pdf', 'application/pdf'),
      file('Report (v1).final.pdf', 'application/pdf'),
      file('näive  table.csv', 'application/octet-stream'),
      file('picture', 'image/png'),
      { type: 'video_url', video_url: { url: `data:video/quicktime;base64,${png}` } },
      { type: 'input_audio', input_audio: { data: png, format: 'pcm16' } },
    ]
    const { messages } = await sent(claude, { messages: [user(parts)] })
    const source = { bytes: png }
    expect(messages).toEqual([
      {
        role: 'user',
        content: [
          // Bedrock demands a text beside a document.
          { text: 'Report (v1) final' },
          { image: { format: 'jpeg', source: { bytes: '/9j/4AAQ' } } },
          { image: { format: 'webp', source: { bytes: webp } } },
          { document: { format: 'pdf', name: 'Report (v1) final', source: { bytes: 'JVBERi0xLjQK' } } },
          { document: { format: 'pdf', name: 'Report (v1) final 2', source: { bytes: 'JVBERi0xLjQK' } } },
          { document: { format: 'csv', name: 'n ive table', source: { bytes: 'QUJD' } } },
          { image: { format: 'png', source } },
          { video: { format: 'mov', source } },
          { audio: { format: 'pcm', source } },
        ],
      },
    ])
  })

  test.each([
    ['an image of another format', image('data:image/tiff;base64,SUkqAA=='), 'image/tiff is not known'],
    ['a file of another format', file('a.zip', 'application/zip'), 'application/zip is not known'],
    ['a file that was uploaded elsewhere', { type: 'file', file: { file_id: 'file-1' } }, 'as a data URL'],
    ['sound of another format', { type: 'input_audio', input_audio: { data: png, format: 'midi' } }, 'midi'],
  ])('cannot contain %s: the error names its place', async (_, part, reason) => {
    const response = await gateway.chat({ model: `test/${claude}`, messages: [user([text('Look'), part])] })
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({
      error: {
        message: expect.stringContaining(reason),
        metadata: { issues: [{ path: 'messages[0].content[1]' }] },
      },
    })
    expect(gateway.upstream.journal()).toEqual([])
  })
})

describe('tools', () => {
  test('have names, schemas and a choice', async () => {
    const tools = [weather(), weather({ name: 'now', description: ' ', parameters: undefined })]
    const body = await sent(claude, { tools, tool_choice: 'required', parallel_tool_calls: false })
    expect(body).toMatchObject({
      toolConfig: {
        tools: [
          {
            toolSpec: {
              name: 'weather',
              description: 'Looks outside.',
              inputSchema: { json: { type: 'object', properties: {} } },
            },
          },
          { toolSpec: { name: 'now', inputSchema: { json: { type: 'object', properties: {} } } } },
        ],
        toolChoice: { any: {} },
      },
      additionalModelRequestFields: { tool_choice: { disable_parallel_tool_use: true } },
    })
    expect(Object(body['toolConfig']).tools[1].toolSpec).not.toHaveProperty('description')
  })

  test.each([
    ['auto', { auto: {} }],
    [{ type: 'function', function: { name: 'weather' } }, { tool: { name: 'weather' } }],
  ])('are chosen by %j', async (tool_choice, toolChoice) => {
    expect(await sent(claude, { tools: [weather()], tool_choice })).toMatchObject({ toolConfig: { toolChoice } })
  })

  test('that may not be called are not offered', async () => {
    expect(await sent(claude, { tools: [weather()], tool_choice: 'none' })).not.toHaveProperty('toolConfig')
  })

  const history = [
    user('Weather?'),
    { role: 'assistant', content: null, tool_calls: [call('functions.weather:0', 'weather'), call('b', 'now', '')] },
    { role: 'tool', tool_call_id: 'functions.weather:0', content: '{"sky":"grey"}' },
    { role: 'tool', tool_call_id: 'b', content: [text('12:00'), image(`data:image/png;base64,${png}`)] },
    user('So?'),
  ]

  test('that were called come back with their results, under ids that Bedrock accepts', async () => {
    const { messages } = await sent(claude, { messages: history, tools: [weather(), weather({ name: 'now' })] })
    const toolUseId = expect.stringMatching(/^tooluse_[0-9a-f]{24}$/)
    expect(messages).toEqual([
      { role: 'user', content: [{ text: 'Weather?' }] },
      {
        role: 'assistant',
        content: [
          { toolUse: { toolUseId, name: 'weather', input: { city: 'Oslo' } } },
          { toolUse: { toolUseId: 'b', name: 'now', input: {} } },
        ],
      },
      {
        role: 'user',
        content: [
          { toolResult: { toolUseId, content: [{ text: '{"sky":"grey"}' }] } },
          {
            toolResult: {
              toolUseId: 'b',
              content: [{ text: '12:00' }, { image: { format: 'png', source: { bytes: png } } }],
            },
          },
          { text: 'So?' },
        ],
      },
    ])
  })

  test('that were called are answered first, whatever the user wrote in between', async () => {
    const messages = [history[0], history[1], user('Hurry!'), history[2], history[3]]
    const body = await sent(claude, { messages })
    expect(Object(body['messages'])[2].content.map((block: object) => Object.keys(block)[0])).toEqual([
      'toolResult',
      'toolResult',
      'text',
    ])
  })

  test.each([
    ['not offered any more', {}],
    ['offered but not to be called', { tools: [weather(), weather({ name: 'now' })], tool_choice: 'none' }],
  ])('that were called and are %s are named all the same', async (_, more) => {
    const { toolConfig } = await sent(claude, { messages: history, ...more })
    expect(Object(toolConfig).tools.map(({ toolSpec }: { toolSpec: { name: string } }) => toolSpec.name)).toEqual([
      'weather',
      'now',
    ])
    expect(toolConfig).not.toHaveProperty('toolChoice')
  })

  test('whose arguments the model wrote amiss show them as they were', async () => {
    const messages = [
      user('Weather?'),
      { role: 'assistant', tool_calls: [call('a', 'weather', '{"city":')] },
      { role: 'tool', tool_call_id: 'a', content: '' },
    ]
    expect(await sent(claude, { messages })).toMatchObject({
      messages: [{}, { content: [{ toolUse: { input: { arguments: '{"city":' } } }] }, {}],
    })
  })

  test('with schemas that can be enforced are enforced, others are not', async () => {
    const strict = (parameters: object) => [weather({ strict: true, parameters })]
    const properties = { city: { type: 'string', maxLength: 9 } }
    expect(await sent(claude, { tools: strict({ type: 'object', properties }) })).toMatchObject({
      toolConfig: {
        tools: [
          {
            toolSpec: {
              strict: true,
              inputSchema: {
                json: {
                  type: 'object',
                  properties: { city: { type: 'string', description: '{maxLength: 9}' } },
                  additionalProperties: false,
                },
              },
            },
          },
        ],
      },
    })
    gateway.upstream.clearJournal()
    const open = { type: 'object', properties, patternProperties: {} }
    const { toolConfig } = await sent(claude, { tools: strict(open) })
    expect(Object(toolConfig).tools).toEqual([
      { toolSpec: { name: 'weather', description: 'Looks outside.', inputSchema: { json: open } } },
    ])
  })
})

test('Nova’s tools have little more than properties at the top of their schemas', async () => {
  const properties = { city: { type: 'object', title: 'City', additionalProperties: false } }
  const parameters = { type: 'object', $schema: 'x', title: 'T', additionalProperties: false, properties, required: [] }
  expect(await sent('nova-pro', { tools: [weather({ parameters })] })).toMatchObject({
    toolConfig: { tools: [{ toolSpec: { inputSchema: { json: { type: 'object', properties, required: [] } } } }] },
  })
  const { toolConfig } = gateway.sent()[0] ?? {}
  expect(Object.keys(Object(toolConfig).tools[0].toolSpec.inputSchema.json)).toEqual(['type', 'properties', 'required'])
})

describe('caching', () => {
  const cached = (words: string, ttl?: string) => ({ ...text(words), cache_control: { type: 'ephemeral', ttl } })
  const point = { cachePoint: { type: 'default' } }
  const messages = [
    { role: 'system', content: [cached('A', '1h'), cached('B')] },
    user([cached('C'), text('D')]),
    { role: 'assistant', content: [cached('E')] },
    user([cached('F', '5m'), text('G')]),
  ]

  test('has points where the prompt was marked, the last four', async () => {
    expect(await sent(claude, { messages })).toEqual({
      system: [{ text: 'A' }, { text: 'B' }, point],
      messages: [
        { role: 'user', content: [{ text: 'C' }, point, { text: 'D' }] },
        { role: 'assistant', content: [{ text: 'E' }, point] },
        { role: 'user', content: [{ text: 'F' }, { cachePoint: { type: 'default', ttl: '5m' } }, { text: 'G' }] },
      ],
    })
  })

  test('of the whole prompt is at its end, with the requested time', async () => {
    const body = await sent(claude, { messages: [user('Long')], cache_control: { type: 'ephemeral', ttl: '1h' } })
    expect(body).toEqual({
      messages: [{ role: 'user', content: [{ text: 'Long' }, { cachePoint: { type: 'default', ttl: '1h' } }] }],
    })
  })

  test('has no times for Nova, and is not requested of models without it', async () => {
    const marked = [user([cached('A', '1h')])]
    expect(await sent('nova-pro', { messages: marked })).toMatchObject({
      messages: [{ content: [{ text: 'A' }, point] }],
    })
    gateway.upstream.clearJournal()
    expect(await sent('llama', { messages: marked })).toEqual({
      messages: [{ role: 'user', content: [{ text: 'A' }] }],
    })
  })
})

describe('parameters', () => {
  const asked = { max_tokens: 50, temperature: 1.7, top_p: 0.5, top_k: 9, stop: ['END', '\n'], seed: 3, min_p: 0.1 }

  test.each([
    ['claude-3-haiku', { temperature: 1, topP: 0.5 }, { top_k: 9 }],
    ['claude-sonnet-4.5', { temperature: 1 }, { top_k: 9 }],
    ['claude-opus-4.7', {}, undefined],
    ['nova-pro', { temperature: 1, topP: 0.5 }, { inferenceConfig: { topK: 9 } }],
    ['llama', { temperature: 1, topP: 0.5 }, { top_k: 9 }],
  ])('of %s', async (model, sampling, additional) => {
    const body = await sent(model, asked)
    expect(body['inferenceConfig']).toEqual({ maxTokens: 50, stopSequences: ['END'], ...sampling })
    expect(body['additionalModelRequestFields']).toEqual(additional)
  })

  test('of the service', async () => {
    expect(await sent(claude, { service_tier: 'flex' })).toMatchObject({ serviceTier: { type: 'flex' } })
    gateway.upstream.clearJournal()
    expect(await sent(claude, { service_tier: 'auto' })).not.toHaveProperty('serviceTier')
  })
})
