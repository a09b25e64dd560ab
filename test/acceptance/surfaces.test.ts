import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type GatewayOfAll, startGatewayOfAll } from '../protocols/languages/gateway-of-all.ts'
import { languageNames } from '../protocols/languages/languages.ts'

/* What the house does for chat, it does on the other surfaces. */

let gateway: GatewayOfAll
beforeAll(async () => {
  gateway = await startGatewayOfAll(
    { steady: ['steady'], thinks: ['reasoning'], calls: ['tool-call'], second: ['status-500', 'steady'] },
    { aliases: { 'claude-*-haiku*': 'messages/steady', 'gpt-5.1-codex': 'chat-completions/steady' } },
  )
})
afterAll(() => gateway.close())

const surfaces = {
  messages: {
    path: '/v1/messages',
    ask: (body: object) => ({ max_tokens: 500, messages: [{ role: 'user', content: 'Hello' }], ...body }),
    text: (reply: Readonly<Record<string, unknown>>) => JSON.stringify(reply['content']),
    end: 'message_stop',
  },
  responses: {
    path: '/v1/responses',
    ask: (body: object) => ({ input: 'Hello', ...body }),
    text: (reply: Readonly<Record<string, unknown>>) => JSON.stringify(reply['output']),
    end: 'response.completed',
  },
} as const

/** The events of a stream by their names. */
async function eventsOf(
  response: Response,
): Promise<readonly (readonly [string, Readonly<Record<string, unknown>>])[]> {
  const text = await response.text()
  return text.split('\n\n').flatMap((block) => {
    const [name, data] = [/^event: (.*)$/m, /^data: ([^[].*)$/m].map((line) => line.exec(block)?.[1])
    return name === undefined || data === undefined ? [] : [[name, Object(JSON.parse(data))] as const]
  })
}

describe.each(Object.entries(surfaces))('on %s', (_, { path, ask, text, end }) => {
  const post = async (body: object, headers = {}) => {
    const response = await gateway.post(path, ask(body), headers)
    return { status: response.status, reply: Object(await response.json()), headers: response.headers }
  }

  test('a generation is on record with what it cost', async () => {
    const { reply, headers } = await post({ model: 'messages/steady' })
    const id = headers.get('x-generation-id') ?? ''
    const record = Object(await (await gateway.get(`/api/v1/generation?id=${id}`)).json()).data
    expect(record).toMatchObject({ id, model: 'messages/steady', total_cost: reply.usage.cost })
    expect(reply.usage.cost).toBeGreaterThan(0)
  })

  test('another endpoint answers when one fails, and the metadata tell', async () => {
    const { reply } = await post({ model: 'messages/second' }, { 'x-openrouter-metadata': 'enabled' })
    expect(reply.openrouter_metadata).toMatchObject({ attempt: 2, strategy: 'direct' })
  })

  test('a key that may do nothing, and a model that nobody knows, are answered before any call', async () => {
    gateway.upstream.clearJournal()
    expect((await post({ model: 'messages/steady' }, { authorization: 'Bearer wrong' })).status).toBe(401)
    expect((await post({ model: 'nobody/nothing' })).status).toBe(400)
    expect(gateway.upstream.journal()).toEqual([])
  })

  test('a vendor’s name is any model that the configuration says', async () => {
    expect((await post({ model: 'claude-3-5-haiku-20241022' })).reply.model).toBe('messages/steady')
    expect((await post({ model: 'gpt-5.1-codex' })).reply.model).toBe('chat-completions/steady')
  })

  test.each(languageNames)(
    'a server tool runs, its call and its result are shown, and come back: %s',
    async (language) => {
      const tools = [{ type: 'openrouter:datetime' }]
      const { reply } = await post({
        model: `${language}/calls`,
        tools,
        stop_server_tools_when: [{ type: 'step_count_is', step_count: 1 }],
      })
      expect(text(reply)).toContain('datetime')
      expect(text(reply)).toContain('timezone')
      const streamed = await gateway.post(
        path,
        ask({
          model: `${language}/calls`,
          tools,
          stream: true,
          stop_server_tools_when: [{ type: 'step_count_is', step_count: 1 }],
        }),
      )
      const events = await eventsOf(streamed)
      expect(JSON.stringify(events)).toContain('timezone')
      expect(events.at(-1)?.[0]).toBe(end)
      gateway.upstream.clearJournal()
      const further = path.endsWith('messages')
        ? {
            messages: [
              { role: 'user', content: 'Hello' },
              { role: 'assistant', content: reply.content },
              { role: 'user', content: 'And now?' },
            ],
          }
        : {
            input: [{ role: 'user', content: 'Hello' }, ...(reply.output ?? []), { role: 'user', content: 'And now?' }],
          }
      const after = await post({ model: `${language}/steady`, tools, ...further })
      expect(after.status).toBe(200)
      const [call] = gateway.upstream.journal()
      expect(JSON.stringify(call?.body)).toContain('timezone')
      // Without the tool, the run is left out.
      expect((await post({ model: `${language}/steady`, ...further })).status).toBe(200)
    },
  )

  test('a conversation goes from vendor to vendor and back, with thoughts and calls', async () => {
    const isMessages = path.endsWith('messages')
    const tools = isMessages
      ? [{ name: 'look', input_schema: { type: 'object', properties: { at: { type: 'string' } }, required: ['at'] } }]
      : [
          {
            type: 'function',
            name: 'look',
            strict: false,
            parameters: { type: 'object', properties: { at: { type: 'string' } } },
          },
        ]
    const thinking = isMessages
      ? { thinking: { type: 'enabled', budget_tokens: 1_024 }, max_tokens: 4_000 }
      : { reasoning: { effort: 'low' } }
    const said: object[] = [{ role: 'user', content: 'Hello' }]
    const order = [
      'messages',
      'responses',
      'generate-content',
      'chat-completions',
      'converse',
      'cohere-chat',
      'responses',
      'messages',
    ]
    for (const [turn, language] of order.entries()) {
      const calls = turn % 2 === 1
      const asked = { model: `${language}/${calls ? 'calls' : 'thinks'}`, tools, ...(calls ? {} : thinking) }
      const { status, reply } = await post({ ...asked, ...(isMessages ? { messages: said } : { input: said }) })
      expect(status, `${language}: ${JSON.stringify(reply)}`).toBe(200)
      if (isMessages) {
        said.push({ role: 'assistant', content: reply.content })
        const results = reply.content.flatMap(({ type, id }: { readonly type: string; readonly id: string }) =>
          type === 'tool_use' ? [{ type: 'tool_result', tool_use_id: id, content: 'A river.' }] : [],
        )
        said.push({ role: 'user', content: [...results, { type: 'text', text: 'Go on.' }] })
      } else {
        said.push(...reply.output)
        for (const { type, call_id } of reply.output) {
          if (type === 'function_call') said.push({ type: 'function_call_output', call_id, output: 'A river.' })
        }
        said.push({ role: 'user', content: 'Go on.' })
      }
    }
  })

  test('what the gateway does not have is refused by its name', async () => {
    const { status, reply } = await post({ model: 'messages/steady', plugins: [{ id: 'armor' }] })
    expect(status).toBe(400)
    expect(reply.error.message).toContain('armor')
  })
})

describe('documents, pictures and errors of tools, from Messages to every language', () => {
  const document = {
    type: 'document',
    source: { type: 'text', media_type: 'text/plain', data: 'Rivers carry boats.' },
    title: 'Rivers',
    context: 'A lesson.',
    citations: { enabled: true },
  }
  const found = {
    type: 'search_result',
    source: 'https://example.com/boats',
    title: 'Boats',
    content: [{ type: 'text', text: 'Boats swim.' }],
  }
  const pixel = {
    type: 'image',
    source: {
      type: 'base64',
      media_type: 'image/png',
      data: 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
    },
  }

  test.each(languageNames)('%s', async (language) => {
    gateway.upstream.clearJournal()
    const response = await gateway.post('/v1/messages', {
      model: `${language}/steady`,
      max_tokens: 100,
      tools: [{ name: 'look', input_schema: { type: 'object', properties: {} } }],
      messages: [
        { role: 'user', content: [document, found, { type: 'text', text: 'Look.' }] },
        { role: 'assistant', content: [{ type: 'tool_use', id: 'toolu_1', name: 'look', input: {} }] },
        {
          role: 'user',
          content: [
            {
              type: 'tool_result',
              tool_use_id: 'toolu_1',
              is_error: true,
              content: [{ type: 'text', text: 'Broken.' }],
            },
            ...(language === 'cohere-chat' ? [] : [pixel]),
          ],
        },
      ],
    })
    expect(await response.json()).toMatchObject({ type: 'message' })
    const sent = JSON.stringify(gateway.upstream.journal()[0]?.body)
    for (const words of ['Rivers carry boats.', 'Boats swim.', 'Broken.', 'Rivers']) expect(sent).toContain(words)
  })
})

test('a tool of Anthropic’s goes to those who have it, and is refused elsewhere by its name', async () => {
  const body = {
    max_tokens: 100,
    messages: [{ role: 'user', content: 'Hello' }],
    tools: [{ type: 'bash_20250124', name: 'bash' }],
  }
  const refused = await gateway.post('/v1/messages', { ...body, model: 'chat-completions/steady' })
  expect(refused.status).toBe(400)
  expect(Object(await refused.json()).error.message).toContain('bash')
})

describe('property: a body that is valid goes on to an upstream of the same language as it came', () => {
  const text = fc.string({ minLength: 1, maxLength: 20 }).filter((words) => words.trim() !== '')
  const extra = fc.dictionary(fc.stringMatching(/^x_[a-z]{1,8}$/), fc.oneof(text, fc.integer(), fc.boolean()), {
    maxKeys: 2,
  })
  const sent = async (path: string, body: object) => {
    gateway.upstream.clearJournal()
    const response = await gateway.post(path, body)
    return {
      status: response.status,
      reply: Object(await response.json()),
      body: Object(gateway.upstream.journal()[0]?.body),
    }
  }

  test('Messages, where a stop sequence comes before the first word', async () => {
    const body = { model: 'messages/steady', max_tokens: 50, messages: [{ role: 'user', content: 'Hello!' }] }
    const { reply } = await sent('/v1/messages', body)
    const first = String(reply.content[0].text).slice(0, 1)
    const { status, reply: stopped } = await sent('/v1/messages', { ...body, stop_sequences: [first] })
    expect({ status, reply: stopped }).toMatchObject({
      status: 200,
      reply: { stop_reason: 'stop_sequence', stop_sequence: first },
    })
  })

  test('Messages', async () => {
    const block = fc.oneof(
      text.map((words) => ({ type: 'text', text: words })),
      fc.record({ type: fc.constant('text'), text, cache_control: fc.constant({ type: 'ephemeral' }) }),
      text.map((data) => ({
        type: 'document',
        source: { type: 'text', media_type: 'text/plain', data },
        title: 'T',
        citations: { enabled: true },
      })),
    )
    const turn = fc.record({ content: fc.oneof(text, fc.array(block, { minLength: 1, maxLength: 2 })) })
    const tool = fc.record({
      name: fc.stringMatching(/^[a-z]{1,10}$/),
      description: text,
      input_schema: fc.constant({ type: 'object', properties: { a: { type: 'string' } } }),
    })
    const body = fc.record(
      {
        system: fc.oneof(
          text,
          fc.array(
            text.map((words) => ({ type: 'text', text: words })),
            { minLength: 1, maxLength: 2 },
          ),
        ),
        turns: fc.array(turn, { minLength: 1, maxLength: 3 }),
        tools: fc.uniqueArray(tool, { selector: ({ name }) => name, minLength: 1, maxLength: 2 }),
        tool_choice: fc.constantFrom({ type: 'auto' }, { type: 'any', disable_parallel_tool_use: true }),
        temperature: fc.constantFrom(0, 0.5, 1),
        stop_sequences: fc.array(text, { minLength: 1, maxLength: 2 }),
      },
      { requiredKeys: ['turns'] },
    )
    await fc.assert(
      fc.asyncProperty(body, async ({ turns, ...fields }) => {
        const messages = turns.map(({ content }, index) => ({
          role: index % 2 === 0 ? 'user' : 'assistant',
          content: index % 2 === 0 ? content : 'Well.',
        }))
        // A choice among no tools is refused by Anthropic.
        const { tool_choice, ...others } = fields
        const request = { max_tokens: 50, messages, ...others, ...(fields.tools && tool_choice && { tool_choice }) }
        const { status, reply, body: arrived } = await sent('/v1/messages', { model: 'messages/steady', ...request })
        expect(status, JSON.stringify(reply)).toBe(200)
        const { model: _, ...rest } = arrived
        expect(rest).toEqual(request)
      }),
      { numRuns: 40 },
    )
  })

  test('Responses', async () => {
    const item = fc.oneof(
      text.map((content) => ({ role: 'user', content })),
      text.map((words) => ({ type: 'message', role: 'user', content: [{ type: 'input_text', text: words }] })),
      text.map((words) => ({
        type: 'message',
        role: 'assistant',
        status: 'completed',
        content: [{ type: 'output_text', text: words, annotations: [] }],
      })),
    )
    const body = fc.record(
      {
        instructions: text,
        input: fc.array(item, { minLength: 1, maxLength: 4 }),
        tools: fc.constant([
          {
            type: 'function',
            name: 'f',
            parameters: { type: 'object', properties: {}, additionalProperties: false, required: [] },
            strict: true,
          },
          { type: 'custom', name: 'patch', format: { type: 'text' } },
        ]),
        parallel_tool_calls: fc.boolean(),
        text: fc.constant({ verbosity: 'low' }),
        prompt_cache_key: text,
        prompt_cache_retention: fc.constant('24h'),
      },
      { requiredKeys: ['input'] },
    )
    await fc.assert(
      fc.asyncProperty(body, async ({ parallel_tool_calls, ...fields }) => {
        const isSaid = fields.tools !== undefined && parallel_tool_calls !== undefined
        const request = { ...fields, ...(isSaid && { parallel_tool_calls }) }
        const { status, reply, body: arrived } = await sent('/v1/responses', { model: 'responses/steady', ...request })
        expect(status, JSON.stringify(reply)).toBe(200)
        const { model: _, store, include, ...rest } = arrived
        expect({ store, include }).toEqual({ store: false, include: ['reasoning.encrypted_content'] })
        expect(rest).toEqual(request)
      }),
      { numRuns: 40 },
    )
  })

  test.each(['/v1/messages', '/v1/responses'])(
    'what is not valid is a 4xx in the language of the address: %s',
    async (path) => {
      const junk = fc.record(
        {
          messages: fc.anything(),
          input: fc.anything(),
          system: fc.anything(),
          tools: fc.anything(),
          instructions: fc.anything(),
        },
        { requiredKeys: [] },
      )
      await fc.assert(
        fc.asyncProperty(junk, extra, async (body, more) => {
          const request = JSON.stringify({ model: 'messages/steady', max_tokens: 5, ...body, ...more })
          const response = await gateway.post(path, request)
          const reply = Object(await response.json())
          expect(response.status, request).toBeLessThan(500)
          if (response.status === 200) return
          expect(reply.error.message).toEqual(expect.any(String))
          if (path === '/v1/messages')
            expect(reply).toMatchObject({ type: 'error', error: { type: expect.stringMatching(/_error$/) } })
        }),
        { numRuns: 150 },
      )
    },
  )
})
