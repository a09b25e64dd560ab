import { afterAll, beforeAll, expect, test } from 'vitest'
import { readStream } from '../../sse.ts'
import { type ChoiceContent, contentOfReply, contentOfStream } from '../../choice-content.ts'
import { asEvents, asJson, type ScriptedGateway, startScriptedGateway } from '../scripted-gateway.ts'

let gateway: ScriptedGateway
beforeAll(async () => {
  gateway = await startScriptedGateway('responses', { api_keys: ['first-secret', 'second-secret'] })
})
afterAll(() => gateway.close())

const usage = { input_tokens: 3, output_tokens: 5, total_tokens: 8 }
const over = (output: readonly object[] = []) => ({ id: 'resp_1', status: 'completed', output, usage })
const done = (output_index: number, item: object) => ({ type: 'response.output_item.done', output_index, item })
const added = (output_index: number, item: object) => ({ type: 'response.output_item.added', output_index, item })
const completed = { type: 'response.completed', response: over() }
const message = (...content: readonly object[]) => ({ type: 'message', role: 'assistant', content })
const said = (text: string, more: object = {}) => ({ type: 'output_text', text, annotations: [], ...more })
const call = (call_id: string, text = '') => ({ type: 'function_call', call_id, name: 'f', arguments: text })

async function received(events: readonly object[]): Promise<ChoiceContent> {
  gateway.answers(asEvents(events))
  const { chunks, done: isDone } = await readStream(await gateway.chat({ model: 'test/m', stream: true }))
  expect(isDone).toBe(true)
  return contentOfStream(chunks)
}

async function toldWhole(output: readonly object[]): Promise<ChoiceContent> {
  gateway.answers(asJson(over(output)))
  const response = await gateway.chat({ model: 'test/m' })
  return contentOfReply(Object(await response.json()).choices[0])
}

test('text that was not streamed is sent when its item ends, and nothing twice', async () => {
  const citation = (index: number) => ({
    type: 'url_citation',
    url: `https://example.com/${index}`,
    start_index: 0,
    end_index: 2,
  })
  const items = [
    {
      type: 'reasoning',
      id: 'rs_1',
      summary: [{ text: 'Let me' }, { text: 'see' }],
      content: [{ text: 'hm' }],
      encrypted_content: 'x',
    },
    message(said('Hello ', { annotations: [citation(1)] }), said('world', { annotations: [citation(2)] })),
    call('c1', '{"a":1}'),
    { type: 'image_generation_call', result: 'AAAA', output_format: 'webp' },
    { type: 'somebody_elses_call', status: 'completed' },
  ]
  const delta = (type: string, output_index: number, text: string, more: object = {}) => ({
    type: `response.${type}.delta`,
    output_index,
    content_index: 0,
    delta: text,
    ...more,
  })
  const pieces = await received([
    { type: 'response.created', response: { id: 'resp_1', status: 'in_progress' } },
    added(0, { type: 'reasoning', id: 'rs_1', summary: [] }),
    delta('reasoning_summary_text', 0, 'Let', { summary_index: 0 }),
    delta('reasoning_text', 0, 'h'),
    ...items.slice(0, 1).map((item) => done(0, item)),
    delta('output_text', 1, 'Hel', { logprobs: [] }),
    { type: 'response.output_text.annotation.added', output_index: 1, content_index: 0, annotation: citation(1) },
    done(1, items[1] ?? {}),
    added(2, call('c1')),
    delta('function_call_arguments', 2, '{"a'),
    done(2, items[2] ?? {}),
    { type: 'response.image_generation_call.partial_image', output_index: 3, partial_image_b64: 'BBBB' },
    done(3, items[3] ?? {}),
    done(4, items[4] ?? {}),
    completed,
  ])
  const whole = await toldWhole(items)
  expect(whole).toMatchObject({
    content: 'Hello world',
    reasoning: 'Let meseehm',
    toolCalls: [{ id: 'c1', name: 'f', arguments: '{"a":1}' }],
    images: [{ image_url: { url: 'data:image/webp;base64,AAAA' } }],
    annotations: [
      { url_citation: { url: 'https://example.com/1', start_index: 0, end_index: 2 } },
      { url_citation: { url: 'https://example.com/2', start_index: 6, end_index: 8 } },
    ],
    finish: 'tool_calls',
  })
  const { reasoningDetails, reasoning, ...rest } = whole
  expect(pieces).toMatchObject(rest)
  expect(pieces.reasoning).toHaveLength(reasoning.length)
  expect(pieces.reasoningDetails.at(-1)).toMatchObject({ type: 'reasoning.encrypted', data: 'x', id: 'rs_1' })
  expect(reasoningDetails.map(({ type, index }) => [type, index])).toEqual([
    ['reasoning.summary', 0],
    ['reasoning.summary', 1],
    ['reasoning.text', 2],
    ['reasoning.encrypted', 3],
  ])
})

test('a call without arguments has an empty object of them; no two calls share an id', async () => {
  const output = [call('same'), call('same', '{}'), { type: 'function_call', name: 'g', arguments: '' }]
  for (const calls of [
    (await toldWhole(output)).toolCalls,
    (await received([...output.flatMap((item, index) => [added(index, item), done(index, item)]), completed]))
      .toolCalls,
  ]) {
    expect(calls.map(({ name, arguments: text }) => [name, text])).toEqual([
      ['f', '{}'],
      ['f', '{}'],
      ['g', '{}'],
    ])
    expect(new Set(calls.map(({ id }) => id)).size).toBe(3)
    expect(calls[0]?.id).toBe('same')
  }
})

test('an answer without text is accepted if tokens were counted for it', async () => {
  expect(await toldWhole([])).toMatchObject({ content: '', finish: 'stop' })
  gateway.answers(asEvents([{ type: 'response.completed', response: { ...over(), usage: null } }]))
  expect((await gateway.chat({ model: 'test/m', stream: true })).status).toBe(502)
})

test.each([
  ['rate_limit_exceeded', 429, 'rate_limit_exceeded'],
  ['insufficient_quota', 502, 'provider_unavailable'],
  ['server_error', 502, 'provider_unavailable'],
  ['context_length_exceeded', 400, 'context_length_exceeded'],
  ['image_parse_error', 400, 'invalid_image'],
])('a failure has a code, wherever it occurs: %s', async (code, status, type) => {
  const error = { code, message: 'It did not work.' }
  for (const answer of [
    asEvents([{ type: 'response.failed', response: { status: 'failed', error } }]),
    asEvents([{ type: 'error', ...error, param: null, sequence_number: 0 }]),
    asEvents([{ type: 'error', error }]),
    asJson({ status: 'failed', error, output: [] }),
  ]) {
    gateway.answers(answer)
    const response = await gateway.chat({ model: 'test/m', stream: true })
    expect(response.status).toBe(status)
    expect(await response.json()).toMatchObject({
      error: { metadata: { error_type: type, provider_name: 'Prov A', provider_code: code } },
    })
  }
})

test('reasoning that one key cannot decrypt, another may', async () => {
  const error = {
    message: 'The encrypted content could not be verified.',
    code: 'invalid_encrypted_content',
    type: 'invalid_request_error',
  }
  gateway.answers((response, headers) => {
    const isFirst = headers.authorization === 'Bearer first-secret'
    const answer = isFirst ? asJson({ error }, 400) : asJson(over([message(said('read'))]))
    answer(response, headers)
  })
  const response = await gateway.chat({ model: 'test/m' })
  expect(await response.json()).toMatchObject({ choices: [{ message: { content: 'read' } }] })
})

test('Azure’s content filter is reported as such', async () => {
  const error = {
    message: "The response was filtered due to the prompt triggering Azure OpenAI's content management policy.",
    type: null,
    param: 'prompt',
    code: 'content_filter',
    status: 400,
    innererror: {
      code: 'ResponsibleAIPolicyViolation',
      content_filter_result: { hate: { filtered: true, severity: 'high' } },
    },
  }
  gateway.answers(asJson({ error }, 400))
  const refused = await gateway.chat({ model: 'test/m' })
  expect(refused.status).toBe(400)
  expect(await refused.json()).toMatchObject({
    error: { metadata: { error_type: 'content_policy_violation', provider_code: 'content_filter', raw: { error } } },
  })
  const incomplete = {
    ...over([message(said('I'))]),
    status: 'incomplete',
    incomplete_details: { reason: 'content_filter' },
  }
  gateway.answers(asJson(incomplete))
  const cut = await gateway.chat({ model: 'test/m' })
  expect(await cut.json()).toMatchObject({ choices: [{ finish_reason: 'content_filter', message: { content: 'I' } }] })
})

test.each([
  ['a status that is no end', { type: 'response.completed', response: { ...over(), status: 'queued' } }],
  ['a terminator without an end', null],
])('%s is no success', async (_, last) => {
  const events = [
    { type: 'response.output_text.delta', output_index: 0, content_index: 0, delta: 'Hi' },
    ...(last ? [last] : []),
  ]
  gateway.answers(asEvents(events))
  const { chunks, text } = await readStream(await gateway.chat({ model: 'test/m', stream: true }))
  expect(text).toBe('Hi')
  expect(chunks.at(-1)).toMatchObject({ error: { code: 502 } })
})
