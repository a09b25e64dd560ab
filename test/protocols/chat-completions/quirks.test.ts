import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { at } from '../../acceptance/exchange.ts'
import { type ScriptedVendors, startScriptedVendors } from './scripted-vendor.ts'

/** The demands of providers on a chat, as their files state them. Those files quote the errors of the providers. */
let vendors: ScriptedVendors
beforeAll(async () => {
  vendors = await startScriptedVendors({
    openai: { model: 'gpt-5.6-chat' },
    mistral: { model: 'mistral-large-latest' },
    perplexity: { model: 'sonar' },
  })
})
afterAll(() => vendors.close())

const user = (content: unknown) => ({ role: 'user', content })
const assistant = (content: unknown, more: object = {}) => ({ role: 'assistant', content, ...more })
const call = { id: 'c00000001', type: 'function', function: { name: 'f', arguments: '{}' } }
const result = { role: 'tool', tool_call_id: 'c00000001', content: 'rain' }
const messagesTo = async (slug: string, messages: readonly object[]) =>
  (await vendors.sent(slug, { messages }))['messages']

describe('messages', () => {
  const rich = [
    user('hi'),
    assistant('ho', {
      model: 'a/b',
      annotations: [],
      images: [],
      reasoning: 'hm',
      reasoning_details: [{ type: 'reasoning.text', text: 'hm', format: 'unknown', index: 0 }],
      refusal: null,
    }),
    user('so?'),
  ]

  test.each([
    ['groq', assistant('ho', { reasoning: 'hm' })],
    ['cerebras', assistant('ho', { reasoning: 'hm' })],
    ['mistral', assistant('ho')],
    ['azure', assistant('ho', { refusal: null })],
  ])('%s receives no field that it refuses', async (slug, expected) => {
    expect(await messagesTo(slug, rich)).toEqual([user('hi'), expected, user('so?')])
  })

  test('no upstream receives the model of an earlier answer', async () => {
    for (const slug of ['prov-a', 'openrouter']) {
      expect(
        await messagesTo(slug, [user('hi'), assistant('ho', { model: 'a/b', weather: 'sunny' }), user('so?')]),
      ).toEqual([user('hi'), assistant('ho', { weather: 'sunny' }), user('so?')])
    }
  })

  test('a name is put before the text where the name field is not accepted', async () => {
    const named = [
      { ...user('hi'), name: 'Ann' },
      { ...user([{ type: 'text', text: 'and hi' }]), name: 'Bob' },
      assistant(null, { tool_calls: [call] }),
      { ...result, name: 'f' },
    ]
    expect(await messagesTo('mistral', named)).toEqual([
      user('Ann: hi'),
      user([{ type: 'text', text: 'Bob: and hi' }]),
      ...named.slice(2),
    ])
    expect(await messagesTo('groq', named)).toEqual(named)
  })

  const scattered = [
    { role: 'system', content: 'One.' },
    user('hi'),
    user([{ type: 'text', text: 'there' }]),
    assistant(''),
    { role: 'developer', content: 'Two.' },
    assistant('ho'),
    assistant('ho!'),
    user('so?'),
  ]

  test('Perplexity: one system message, then turns', async () => {
    expect(await messagesTo('perplexity', scattered)).toEqual([
      { role: 'system', content: 'One.\n\nTwo.' },
      user([
        { type: 'text', text: 'hi' },
        { type: 'text', text: 'there' },
      ]),
      assistant('ho\n\nho!'),
      user('so?'),
    ])
    expect(await messagesTo('perplexity', [assistant('Welcome.'), user('hi')])).toEqual([
      user('.'),
      assistant('Welcome.'),
      user('hi'),
    ])
  })

  test('vLLM: one system message, and neighbours of one role as they are', async () => {
    expect(await messagesTo('vllm', scattered)).toEqual([
      { role: 'system', content: 'One.\n\nTwo.' },
      ...scattered.slice(1, 4),
      ...scattered.slice(5),
    ])
  })

  test('Mistral: an assistant message comes between tool results and the user', async () => {
    const turns = [user('hi'), assistant(null, { tool_calls: [call] }), result, user('stop')]
    expect(await messagesTo('mistral', turns)).toEqual([...turns.slice(0, 3), assistant('OK.'), user('stop')])
    expect(await messagesTo('groq', turns)).toEqual(turns)
  })

  test('Mistral: ids of calls that others made are shortened, the same way for call and result', async () => {
    const foreign = { ...call, id: 'call_0123456789' }
    const turns = [
      user('hi'),
      assistant(null, { tool_calls: [foreign, call] }),
      { ...result, tool_call_id: foreign.id },
    ]
    const id = expect.stringMatching(/^[a-zA-Z0-9]{9}$/)
    const sent = await messagesTo('mistral', turns)
    expect(sent).toMatchObject([{}, { tool_calls: [{ ...call, id }, call] }, { tool_call_id: id }])
    expect(at(sent, 2, 'tool_call_id')).toBe(at(sent, 1, 'tool_calls', 0, 'id'))
  })

  test('Moonshot: empty messages are left out, except calls and results', async () => {
    const silent = [
      user('hi'),
      assistant(''),
      user([
        { type: 'text', text: '' },
        { type: 'text', text: 'there' },
      ]),
      assistant('', { tool_calls: [call] }),
      { ...result, content: '' },
      assistant(null),
      assistant([]),
      user('so?'),
    ]
    expect(await messagesTo('moonshotai', silent)).toEqual([
      user('hi'),
      user([{ type: 'text', text: 'there' }]),
      assistant(null, { tool_calls: [call] }),
      { ...result, content: '(empty)' },
      user('so?'),
    ])
    expect(await messagesTo('moonshotai', [user('')])).toEqual([user('')])
  })
})

describe('prefill', () => {
  const begun = [user('hi'), assistant('Well, ')]
  test.each([
    ['mistral', { prefix: true }],
    ['deepseek', { prefix: true }],
    ['moonshotai', { partial: true }],
    ['alibaba', { partial: true }],
    ['together', {}],
  ])('%s is asked to continue', async (slug, mark) => {
    expect(await messagesTo(slug, begun)).toEqual([user('hi'), assistant('Well, ', mark)])
    expect(await messagesTo(slug, [...begun, user('so?')])).toEqual([...begun, user('so?')])
  })

  test('vLLM has a field for it beside the messages', async () => {
    expect(await vendors.sent('vllm', { messages: begun })).toMatchObject({
      messages: begun,
      continue_final_message: true,
      add_generation_prompt: false,
    })
    expect(await vendors.sent('vllm', {})).not.toHaveProperty('continue_final_message')
  })
})

describe('cache marks', () => {
  const ephemeral = { type: 'ephemeral', ttl: '1h' }
  const explicit = { mode: 'explicit' }
  const text = (words: string, mark: object = {}) => ({ type: 'text', text: words, ...mark })
  const marked = [
    { role: 'system', content: 'Be brief.', cache_control: ephemeral },
    user([
      text('long', { cache_control: ephemeral }),
      text('longer', { prompt_cache_breakpoint: explicit }),
      text('?'),
    ]),
  ]

  test('become OpenAI’s from GPT-5.6 on', async () => {
    expect(await vendors.sent('openai', { messages: marked, cache_control: ephemeral })).toMatchObject({
      messages: [
        { role: 'system', content: [text('Be brief.', { prompt_cache_breakpoint: explicit })] },
        user([
          text('long', { prompt_cache_breakpoint: explicit }),
          text('longer', { prompt_cache_breakpoint: explicit }),
          text('?'),
        ]),
      ],
    })
    expect(JSON.stringify(await vendors.sent('openai', { messages: marked }))).not.toContain('cache_control')
  })

  test('become Anthropic’s, on parts, for Alibaba', async () => {
    expect(await messagesTo('alibaba', marked)).toEqual([
      { role: 'system', content: [text('Be brief.', { cache_control: ephemeral })] },
      user([
        text('long', { cache_control: ephemeral }),
        text('longer', { cache_control: { type: 'ephemeral' } }),
        text('?'),
      ]),
    ])
  })

  test('are forwarded unchanged to OpenRouter, and not to upstreams without them', async () => {
    expect(await messagesTo('openrouter', marked)).toEqual(marked)
    const tools = [{ type: 'function', function: { name: 'f' }, cache_control: ephemeral }]
    const sent = await vendors.sent('groq', { messages: marked, tools, cache_control: ephemeral })
    expect(JSON.stringify(sent)).not.toMatch(/cache_control|breakpoint/)
    expect((await vendors.sent('openrouter', { tools }))['tools']).toEqual(tools)
  })
})

describe('tools', () => {
  const tool = (name: string, more: object = {}) => ({ type: 'function', function: { name, ...more } })
  const named = { type: 'function', function: { name: 'g' } }

  test('Mistral: a function without parameters has an empty schema', async () => {
    expect((await vendors.sent('mistral', { tools: [tool('f', { strict: true })] }))['tools']).toEqual([
      tool('f', { strict: true, parameters: { type: 'object', properties: {} } }),
    ])
  })

  test.each([
    ['minimax', 'none', { tool_choice: 'none' }],
    ['minimax', 'required', {}],
    ['z-ai', 'auto', { tool_choice: 'auto' }],
    ['z-ai', named, {}],
    ['groq', named, { tool_choice: named }],
  ])('%s: the choice %j', async (slug, choice, expected) => {
    const { tools, tool_choice } = await vendors.sent(slug, { tools: [tool('f'), tool('g')], tool_choice: choice })
    expect(tools).toHaveLength(2)
    expect({ tool_choice }).toEqual({ tool_choice: undefined, ...expected })
  })

  test('Z.AI: no tools instead of the choice `none`, and no `strict`', async () => {
    expect(await vendors.sent('z-ai', { tools: [tool('f')], tool_choice: 'none' })).not.toHaveProperty('tools')
    expect((await vendors.sent('z-ai', { tools: [tool('f', { strict: true })] }))['tools']).toEqual([tool('f')])
  })

  test('a strict schema has only what OpenAI accepts: the rest is rewritten, or refused with its name', async () => {
    const number = { type: 'number' }
    const schema = {
      type: 'object',
      properties: { a: { oneOf: [number, { type: 'string', minLength: 2 }] } },
      required: ['a'],
    }
    const fitted = {
      ...schema,
      properties: { a: { anyOf: [number, { type: 'string', description: '{minLength: 2}' }] } },
      additionalProperties: false,
    }
    const format = (given: object, strict: boolean) => ({
      type: 'json_schema',
      json_schema: { name: 'x', strict, schema: given },
    })
    vendors.replyWith([{ content: '{"a":1}' }])
    const tools = [tool('f', { strict: true, parameters: schema })]
    expect(await vendors.sent('groq', { tools, response_format: format(schema, true) })).toMatchObject({
      tools: [tool('f', { strict: true, parameters: fitted })],
      response_format: format(fitted, true),
    })
    expect((await vendors.sent('groq', { response_format: format(schema, false) }))['response_format']).toEqual(
      format(schema, false),
    )
    const impossible = { ...schema, properties: { a: { not: number } } }
    const refused = await vendors.chat({ model: 'test/groq', response_format: format(impossible, true) })
    expect(refused.status).toBe(400)
    expect(Object(await refused.json()).error.message).toContain('"not"')
    vendors.replyWith([{ content: 'Yes.' }])
  })
})

test('MiniMax: reasoning is requested as a separate field', async () => {
  expect(await vendors.sent('minimax', {})).toMatchObject({ reasoning_split: true })
})
