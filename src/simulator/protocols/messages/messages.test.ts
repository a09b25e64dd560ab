import { afterAll, beforeAll, expect, test } from 'vitest'
import { at, post } from '../../test-client.ts'
import { startSimulator, type Simulator } from '../../simulator.ts'

let simulator: Simulator
beforeAll(async () => {
  simulator = await startSimulator()
})
afterAll(() => simulator.close())

const usual = { model: 'steady', max_tokens: 2000, messages: [{ role: 'user', content: 'hi' }] }
const send = (body: object, path = '/v1/messages') => post(simulator.url + path, body)
const turns = (...messages: readonly object[]) => ({ messages })
const user = (...content: readonly object[]) => ({ role: 'user', content })
const assistant = (...content: readonly object[]) => ({ role: 'assistant', content })
const text = (text: string) => ({ type: 'text', text })
const call = (id: string) => ({ type: 'tool_use', id, name: 'f', input: {} })
const result = (tool_use_id: string) => ({ type: 'tool_result', tool_use_id, content: 'x' })
const hi = user(text('hi'))
const tool = { name: 'f', input_schema: { type: 'object' } }
const budget = { type: 'enabled', budget_tokens: 1024 }

const search = { type: 'web_search_20250305', name: 'web_search' }

test.each<[string, object, RegExp]>([
  ['no limit', { max_tokens: undefined }, /max_tokens/],
  ['a field that nobody knows', { n: 2 }, /n: Extra inputs/],
  ['no messages', { messages: [] }, /at least one message/],
  ['a tool of no kind', { tools: [{ type: 'web_search_2', name: 'web_search' }] }, /tag is unknown/],
  ['a search under another name', { tools: [{ ...search, name: 'find' }] }, /should be 'web_search'/],
  ['a setting that no search has', { tools: [{ ...search, max_results: 3 }] }, /max_results: Extra inputs/],
  ['both lists of domains', { tools: [{ ...search, allowed_domains: ['a'], blocked_domains: ['b'] }] }, /both/],
  ['a domain with a scheme', { tools: [{ ...search, allowed_domains: ['https://a'] }] }, /scheme/],
  ['no search at all', { tools: [{ ...search, max_uses: 0 }] }, /greater than 0/],
  ['a place that is not approximate', { tools: [{ ...search, user_location: { city: 'a' } }] }, /approximate/],
  ['a system turn', turns({ role: 'system', content: 'x' }), /Unexpected role/],
  ['two turns of one role', turns(hi, hi), /alternate/],
  ['an empty turn', turns(user()), /must not be empty/],
  ['empty text', turns(user(text(' \n'))), /non-whitespace/],
  ['a continued answer that ends in space', turns(hi, assistant(text('The '))), /trailing whitespace/],
  ['a result of no call', turns(user(result('a'))), /unexpected `tool_use_id`/],
  ['a call without result', turns(hi, assistant(call('a')), hi), /without `tool_result`/],
  ['text before a result', turns(hi, assistant(call('a')), user(text('so'), result('a'))), /must come first/],
  ['an id with a dot', turns(hi, assistant(call('a.b')), user(result('a.b'))), /pattern/],
  [
    'an id used twice',
    turns(hi, assistant(call('a')), user(result('a')), assistant(call('a')), user(result('a'))),
    /unique/,
  ],
  [
    'a thought that was changed',
    turns(hi, assistant({ type: 'thinking', thinking: 'x', signature: 'y' }, text('z')), hi),
    /Invalid `signature`/,
  ],
  ['a thought at the end', turns(hi, assistant({ type: 'redacted_thinking', data: 'x' }), hi), /final block/],
  [
    'a bitmap',
    turns(user({ type: 'image', source: { type: 'base64', media_type: 'image/bmp', data: 'AAAA' } })),
    /media_type/,
  ],
  [
    'a picture that is no base64',
    turns(user({ type: 'image', source: { type: 'base64', media_type: 'image/png', data: '?' } })),
    /invalid base64/,
  ],
  ['a plain http address', turns(user({ type: 'image', source: { type: 'url', url: 'http://a/b' } })), /HTTPS/],
  ['sound', turns(user({ type: 'audio' })), /not allowed/],
  [
    'five breakpoints',
    turns(user(...Array.from({ length: 5 }, () => ({ ...text('x'), cache_control: { type: 'ephemeral' } })))),
    /maximum of 4/,
  ],
  ['a tool name with a dot', { tools: [{ ...tool, name: 'a.b' }] }, /pattern/],
  ['two tools of one name', { tools: [tool, tool] }, /unique/],
  ['arguments that are no object', { tools: [{ name: 'f', input_schema: {} }] }, /'object'/],
  ['a choice of schemas', { tools: [{ name: 'f', input_schema: { type: 'object', anyOf: [] } }] }, /top level/],
  ['a choice without tools', { tool_choice: { type: 'any' } }, /while providing tools/],
  ['a budget as large as the limit', { max_tokens: 1024, thinking: budget }, /greater than `thinking/],
  ['a small budget', { thinking: { ...budget, budget_tokens: 5 } }, /1024/],
  ['thoughts and a forced tool', { thinking: budget, tools: [tool], tool_choice: { type: 'any' } }, /forces tool use/],
  ['thoughts and heat', { thinking: { type: 'adaptive' }, temperature: 0.5 }, /temperature/],
  [
    'thoughts in the middle of an answer without any',
    { thinking: budget, ...turns(hi, assistant(call('a')), user(result('a'))) },
    /must start with a thinking block/,
  ],
  ['too much heat', { temperature: 1.5 }, /temperature/],
  ['a stop of white space', { stop_sequences: ['\n'] }, /non-whitespace/],
  ['an open schema', { output_config: { format: { schema: { type: 'object' } } } }, /additionalProperties/],
  ['a schema with a minimum', { output_config: { format: { schema: { type: 'integer', minimum: 1 } } } }, /minimum/],
])('refuses %s', async (_, more, words) => {
  const { status, text: reply } = await send({ ...usual, ...more })
  expect(status).toBe(400)
  const body: unknown = JSON.parse(reply)
  expect(body).toMatchObject({ type: 'error', error: { type: 'invalid_request_error' } })
  expect(at(body, 'error', 'message')).toMatch(words)
})

test('accepts a thinking block that it signed', async () => {
  const first: unknown = JSON.parse((await send({ ...usual, model: 'reasoning' })).text)
  const again = turns(hi, { role: 'assistant', content: at(first, 'content') }, hi)
  expect((await send({ ...usual, ...again })).status).toBe(200)
})

test('the same request has the same answer', async () => {
  expect((await send(usual)).text).toBe((await send(usual)).text)
})

test('on Vertex AI the path contains the model, and the body the version', async () => {
  const path = (method: string) => `/v1/projects/p/locations/l/publishers/anthropic/models/tokens-2:${method}`
  const { model: _, ...body } = { ...usual, anthropic_version: 'vertex-2023-10-16' }
  expect(JSON.parse((await send(body, path('rawPredict'))).text)).toMatchObject({ usage: { output_tokens: 2 } })
  expect((await send({ ...body, stream: true }, path('streamRawPredict'))).text).toContain('event: message_stop')
  expect((await send({ ...body, model: 'x' }, path('rawPredict'))).status).toBe(400)
  expect((await send({ ...body, anthropic_version: undefined }, path('rawPredict'))).status).toBe(400)
  expect((await send(body, path('streamRawPredict'))).status).toBe(400)
})
