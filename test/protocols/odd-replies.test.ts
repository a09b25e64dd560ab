import type { ServerResponse } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { asObject, at, readJson, scriptedUpstream } from '../acceptance/exchange.ts'
import { startGateway } from '../gateway.ts'
import { readStream } from '../sse.ts'
import { asEvents, asJson, type ScriptedGateway, startScriptedGateway } from './scripted-gateway.ts'

type Json = Readonly<Record<string, unknown>>

const languages = ['chat-completions', 'messages', 'generate-content', 'responses', 'cohere-chat', 'converse'] as const
type Language = (typeof languages)[number]

const gateways = new Map<Language, ScriptedGateway>()
beforeAll(async () => {
  for (const language of languages) gateways.set(language, await startScriptedGateway(language))
})
afterAll(async () => {
  for (const gateway of gateways.values()) await gateway.close()
})

function speaking(language: Language): ScriptedGateway {
  const gateway = gateways.get(language)
  if (gateway === undefined) throw new Error(`Nobody speaks ${language}.`)
  return gateway
}

async function ask(
  language: Language,
  answer: Parameters<ScriptedGateway['answers']>[0],
  more: Json = {},
): Promise<Json> {
  const gateway = speaking(language)
  gateway.answers(answer)
  const { body } = await readJson(gateway.chat({ model: 'test/m', ...more }))
  return body
}

const asSse =
  (...frames: readonly (Json | string)[]) =>
  (response: ServerResponse) =>
    response
      .writeHead(200, { 'content-type': 'text/event-stream' })
      .end(frames.map((frame) => (typeof frame === 'string' ? frame : `data: ${JSON.stringify(frame)}\n\n`)).join(''))

/** A complete call without arguments, in each protocol. */
const called: Readonly<Record<Language, (input: unknown) => Json>> = {
  'chat-completions': (input) => ({
    choices: [
      {
        message: { tool_calls: [{ id: 'a', function: { name: 'f', arguments: input } }] },
        finish_reason: 'tool_calls',
      },
    ],
  }),
  messages: (input) => ({
    type: 'message',
    content: [{ type: 'tool_use', id: 'a', name: 'f', input }],
    stop_reason: 'tool_use',
  }),
  'generate-content': (input) => ({
    candidates: [{ content: { parts: [{ functionCall: { name: 'f', args: input } }] }, finishReason: 'STOP' }],
  }),
  responses: (input) => ({
    status: 'completed',
    output: [{ type: 'function_call', call_id: 'a', name: 'f', arguments: input }],
  }),
  'cohere-chat': (input) => ({
    message: { tool_calls: [{ id: 'a', type: 'function', function: { name: 'f', arguments: input } }] },
    finish_reason: 'TOOL_CALL',
  }),
  converse: (input) => ({
    output: { message: { role: 'assistant', content: [{ toolUse: { toolUseId: 'a', name: 'f', input } }] } },
    stopReason: 'tool_use',
  }),
}

describe.each(languages)('%s', (language) => {
  test.each([undefined, null, '', 'null', {}])('arguments %j are an empty object', async (input) => {
    const body = await ask(language, asJson(called[language](input)))
    expect(at(body, 'choices', 0, 'message', 'tool_calls')).toMatchObject([
      { function: { name: 'f', arguments: '{}' } },
    ])
    expect(at(body, 'choices', 0, 'finish_reason')).toBe('tool_calls')
  })

  const failures: readonly Json[] = [
    { error: { message: 'The tank is empty.', code: 'dry', type: 'server' } },
    { error: 'The tank is empty.' },
    { errors: [{ message: 'The tank is empty.' }] },
    { detail: 'The tank is empty.' },
    { message: 'The tank is empty.' },
    { object: 'error', message: 'The tank is empty.', code: 503 },
  ]
  test.each(failures)('%j under 200 is a failure, in its words', async (failure) => {
    const body = await ask(language, asJson(failure))
    expect(body['choices']).toBeUndefined()
    expect(at(body, 'error', 'message')).toContain('The tank is empty.')
  })

  if (language === 'converse') return
  test.each(failures)('%j in a stream is a failure, in its words', async (failure) => {
    for (const name of ['', 'event: error\n']) {
      const body = await ask(language, asSse(`${name}data: ${JSON.stringify(failure)}\n\n`), { stream: true })
      expect(at(body, 'error', 'message')).toContain('The tank is empty.')
    }
  })

  test('a failure may be a mere text, or stand in a list', async () => {
    expect(
      at(
        await ask(language, asSse('event: error\ndata: The tank is empty.\n\n'), { stream: true }),
        'error',
        'message',
      ),
    ).toContain('The tank is empty.')
    const listed = await ask(language, (response) =>
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end('[{"error":{"message":"The tank is empty."}}]'),
    )
    expect(at(listed, 'error', 'message')).toContain('The tank is empty.')
  })
})

describe('counts that come more than once', () => {
  const usageOf = (body: Json) => [
    at(body, 'usage', 'prompt_tokens'),
    at(body, 'usage', 'completion_tokens'),
    at(body, 'usage', 'prompt_tokens_details', 'cached_tokens'),
  ]

  test.each<readonly [string, Json | undefined]>([
    ['zeros', { input_tokens: 0, cache_read_input_tokens: 0, output_tokens: 8 }],
    ['nulls', { input_tokens: null, output_tokens: 8 }],
    ['the output alone', { output_tokens: 8 }],
  ])('Anthropic: %s at the end', async (_, end) => {
    const events = [
      {
        type: 'message_start',
        message: { id: 'm', usage: { input_tokens: 15, output_tokens: 1, cache_read_input_tokens: 40 } },
      },
      { type: 'content_block_start', index: 0, content_block: { type: 'text', text: 'Yes.' } },
      { type: 'content_block_stop', index: 0 },
      { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: end },
      { type: 'message_stop' },
    ]
    expect(usageOf(await ask('messages', asEvents(events)))).toEqual([55, 8, 40])
  })

  test('Google: a chunk with less at the end', async () => {
    const chunk = (text: string, usageMetadata: Json, finishReason?: string): Json => ({
      candidates: [{ content: { parts: [{ text }] }, finishReason }],
      usageMetadata,
    })
    const answer = asSse(
      chunk('Yes', { promptTokenCount: 20, candidatesTokenCount: 5, totalTokenCount: 25, cachedContentTokenCount: 4 }),
      chunk('.', { promptTokenCount: 0, totalTokenCount: 0 }, 'STOP'),
      { usageMetadata: {} },
    )
    expect(usageOf(await ask('generate-content', answer))).toEqual([20, 5, 4])
  })
})

describe('Google', () => {
  test.each(['NO_IMAGE', 'OTHER', 'IMAGE_OTHER', 'LANGUAGE'])(
    '%s without a word is told, whatever is asked',
    async (finishReason) => {
      const reply = {
        candidates: [{ finishReason, finishMessage: 'Nothing was made.', index: 0 }],
        usageMetadata: { promptTokenCount: 19, totalTokenCount: 19 },
      }
      for (const stream of [false, true]) {
        const body = await ask('generate-content', stream ? asSse(reply) : asJson(reply), { stream })
        expect(at(body, 'error', 'message')).toContain(`${finishReason}: Nothing was made.`)
        // What the record leaves out where content is not logged.
        expect(at(body, 'error', 'metadata', 'raw')).toBe('Nothing was made.')
      }
    },
  )

  test('a broken call is named', async () => {
    const reply = { candidates: [{ content: {}, finishReason: 'MALFORMED_FUNCTION_CALL', finishMessage: 'print(x)' }] }
    expect(at(await ask('generate-content', asJson(reply)), 'error', 'message')).toContain(
      'MALFORMED_FUNCTION_CALL: print(x)',
    )
  })
})

test('OpenRouter, as an upstream, says in the choice why it failed', async () => {
  const choice = { index: 0, error: { code: 429, message: 'The tank is empty.' }, finish_reason: 'error' }
  for (const stream of [false, true]) {
    const reply = { choices: [{ ...choice, [stream ? 'delta' : 'message']: { content: '' } }] }
    const body = await ask('chat-completions', stream ? asSse(reply) : asJson(reply), { stream })
    expect(body).toMatchObject({ error: { code: 429, message: 'The tank is empty.' } })
  }
})

test('MiniMax says under 200 why there is no answer, with or without words', async () => {
  for (const status_msg of ['', 'rate limit']) {
    const body = await ask('chat-completions', asJson({ base_resp: { status_code: 1002, status_msg } }))
    expect(body).toMatchObject({ error: { code: 429 } })
  }
})

test('an event of a kind that nobody knows is no failure, though it has a message', async () => {
  const say = (content: string, finish_reason: string | null): Json => ({
    choices: [{ index: 0, delta: { content }, finish_reason }],
  })
  const news = [
    { object: 'news', message: 'Hi.' },
    { type: 'ping', message: 'Hi.' },
    { id: 'x', message: 'Hi.' },
  ]
  for (const event of news) {
    speaking('chat-completions').answers(asSse(say('Ye', null), event, say('s.', 'stop'), 'data: [DONE]\n\n'))
    const { text, chunks } = await readStream(
      await speaking('chat-completions').chat({ model: 'test/m', stream: true }),
    )
    expect([text, chunks.some(({ error }) => error !== undefined)]).toEqual(['Yes.', false])
  }
})

test('a stop for tools without a call is a stop, in every language that has one', async () => {
  const replies: readonly (readonly [Language, Json, string])[] = [
    ['messages', { type: 'message', content: [{ type: 'text', text: 'Yes.' }], stop_reason: 'tool_use' }, 'tool_use'],
    [
      'cohere-chat',
      { message: { content: [{ type: 'text', text: 'Yes.' }] }, finish_reason: 'TOOL_CALL' },
      'TOOL_CALL',
    ],
    ['converse', { output: { message: { content: [{ text: 'Yes.' }] } }, stopReason: 'tool_use' }, 'tool_use'],
  ]
  for (const [language, reply, native] of replies) {
    expect(at(await ask(language, asJson(reply)), 'choices', 0)).toMatchObject({
      finish_reason: 'stop',
      native_finish_reason: native,
    })
  }
})

test('an error that is empty beside content is none, in every language', async () => {
  const replies: readonly (readonly [Language, Json])[] = [
    ['messages', { type: 'message', content: [{ type: 'text', text: 'Yes.' }], stop_reason: 'end_turn' }],
    ['generate-content', { candidates: [{ content: { parts: [{ text: 'Yes.' }] }, finishReason: 'STOP' }] }],
    [
      'responses',
      { status: 'completed', output: [{ type: 'message', content: [{ type: 'output_text', text: 'Yes.' }] }] },
    ],
    ['cohere-chat', { message: { content: [{ type: 'text', text: 'Yes.' }] }, finish_reason: 'COMPLETE' }],
    ['converse', { output: { message: { content: [{ text: 'Yes.' }] } }, stopReason: 'end_turn' }],
  ]
  for (const [language, reply] of replies) {
    for (const error of ['', {}, null]) {
      expect(at(await ask(language, asJson({ ...reply, error })), 'choices', 0, 'message', 'content')).toBe('Yes.')
    }
  }
})

describe('a refusal of content', () => {
  const refused = {
    code: 'The caller does not have permission',
    error: 'Content violates usage guidelines. Failed check: SAFETY_CHECK_TYPE_BIO',
  }
  let answers: readonly (readonly [status: number, body: Json])[] = []
  const asked: string[] = []

  test('with a 403 takes the key from nobody', async () => {
    const upstream = await scriptedUpstream(() => {
      const [first = [200, { choices: [{ message: { content: 'Yes.' }, finish_reason: 'stop' }] }], ...rest] = answers
      answers = rest
      asked.push(String(upstream.lastRequest()['model']))
      return { status: first[0], body: first[1] }
    })
    const provider = (name: string) => ({ name, base_url: upstream.url, api_key: 'one-key' })
    const gateway = await startGateway({
      providers: { 'prov-a': provider('Prov A'), 'prov-b': provider('Prov B'), 'prov-c': provider('Prov C') },
      models: {
        'test/m': {
          endpoints: [
            { provider: 'prov-a', model: 'at-a', pricing: { prompt: 1, completion: 1 } },
            { provider: 'prov-b', model: 'at-b', pricing: { prompt: 2, completion: 2 } },
          ],
        },
      },
    })
    try {
      answers = [[403, refused]]
      const flagged = await readJson(gateway.chat({ model: 'test/m' }))
      expect(flagged).toMatchObject({
        status: 400,
        body: { error: { message: refused.error, metadata: { error_type: 'content_policy_violation' } } },
      })
      expect(asked).toEqual(['at-a'])
      const harmless = await readJson(gateway.chat({ model: 'test/m' }))
      expect(harmless).toMatchObject({ status: 200, body: { provider: 'Prov A' } })
      // In contrast, a refusal of the key moves to the next provider, and the key is not used for a while.
      answers = [[403, { error: 'Forbidden' }]]
      expect((await readJson(gateway.chat({ model: 'test/m' }))).body['provider']).toBe('Prov B')
      expect((await readJson(gateway.chat({ model: 'test/m' }))).body['provider']).toBe('Prov B')
    } finally {
      await gateway.close()
      await upstream.close()
    }
  })
})

test('over sockets, a stream with all of it at once', async () => {
  const gateway = speaking('chat-completions')
  const say = (delta: Json, finish_reason: unknown): Json => ({
    id: 'x',
    choices: [{ index: 0, delta, finish_reason }],
    error: '',
  })
  gateway.answers(
    asSse(
      'data:\n\n',
      say({ content: 'Four ' }, ''),
      ': hi\n\n',
      say({ content: 'words.' }, 'stop'),
      {
        object: 'chat.completion',
        choices: [{ index: 0, message: { content: 'Four words.' }, finish_reason: 'stop' }],
        usage: { prompt_tokens: 3, completion_tokens: 4 },
      },
      { choices: [], usage: {} },
      'data: [DONE]\n\n',
    ),
  )
  const { chunks, text, done } = await readStream(await gateway.chat({ model: 'test/m', stream: true }))
  expect([text, done]).toEqual(['Four words.', true])
  expect(chunks.flatMap(({ choices }) => choices).filter((choice) => choice.finish_reason !== null)).toHaveLength(1)
  expect(asObject(chunks.at(-1)?.usage)).toMatchObject({ prompt_tokens: 3, completion_tokens: 4 })
})
