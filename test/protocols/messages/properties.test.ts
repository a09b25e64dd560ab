import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { chatCompletionsClient } from '../../../src/protocols/chat-completions/client.ts'
import type { Frame } from '../../../src/protocols/protocol.ts'
import { messagesUpstream } from '../../../src/protocols/messages/upstream.ts'
import { InvalidRequest } from '../../../src/simulator/parsed-request.ts'
import { messages as simulated } from '../../../src/simulator/protocols/messages/messages.ts'
import { claudeEndpoint } from './claude-endpoint.ts'

const words = fc.constantFrom('hello', '', ' ', 'two words ', '\n', 'x'.repeat(50), '😀 ')
const mark = fc.constantFrom(undefined, { type: 'ephemeral' }, { type: 'ephemeral', ttl: '1h' })
const parts = fc.array(fc.record({ type: fc.constant('text'), text: words, cache_control: mark }), { maxLength: 4 })
const content = fc.oneof(words, parts)
const name = fc.constantFrom(undefined, 'Ann')
const plain = fc.oneof(
  fc.record({ role: fc.constantFrom('user', 'system', 'developer'), content, name }),
  fc.record({ role: fc.constant('assistant'), content: fc.oneof(content, fc.constant(null)), name }),
)

/** Calls with their results, in any order, and perhaps a text between them. */
const exchange = fc
  .record({
    ids: fc.uniqueArray(fc.string({ minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 3 }),
    said: words,
    details: fc.constantFrom(undefined, [{ type: 'reasoning.encrypted', data: 'eA==', format: 'anthropic-claude-v1' }]),
    between: fc.array(fc.record({ role: fc.constantFrom('user', 'system'), content }), { maxLength: 1 }),
    args: fc.constantFrom('', '{}', '{"a":1}', '{broken', '[]'),
    found: content,
  })
  .map(({ ids, said, details, between, args, found }) => [
    {
      role: 'assistant',
      content: said,
      reasoning_details: details,
      tool_calls: ids.map((id) => ({ id, type: 'function', function: { name: 'f', arguments: args } })),
    },
    ...between,
    ...ids.toReversed().map((id) => ({ role: 'tool', tool_call_id: id, content: found })),
  ])

const conversation = fc
  .array(
    fc.oneof(
      plain.map((message) => [message]),
      exchange,
    ),
    { maxLength: 6 },
  )
  .map((turns): readonly object[] => [{ role: 'user', content: 'start' }, ...turns.flat()])

const tools = [{ type: 'function', function: { name: 'f', parameters: { type: 'object', properties: {} } } }]
const parameters = fc.record(
  {
    max_tokens: fc.integer({ min: 1, max: 5000 }),
    temperature: fc.double({ min: 0, max: 2, noNaN: true }),
    top_p: fc.double({ min: 0, max: 1, noNaN: true }),
    top_k: fc.integer({ min: 0, max: 50 }),
    stop: fc.array(fc.constantFrom('END', ' ', '\n'), { maxLength: 4 }),
    tools: fc.constant(tools),
    tool_choice: fc.constantFrom('auto', 'none', 'required'),
    parallel_tool_calls: fc.boolean(),
    reasoning: fc.oneof(
      fc.record({ effort: fc.constantFrom('max', 'high', 'low', 'minimal', 'none') }),
      fc.record({ max_tokens: fc.integer({ min: 0, max: 9000 }) }),
    ),
    verbosity: fc.constantFrom('low', 'max'),
    cache_control: fc.constantFrom({ type: 'ephemeral' }, { type: 'ephemeral', ttl: '1h' }),
    response_format: fc.constantFrom(
      { type: 'json_object' },
      {
        type: 'json_schema',
        json_schema: { name: 'a', schema: { type: 'object', properties: { n: { type: 'integer', minimum: 1 } } } },
      },
    ),
    stream: fc.boolean(),
  },
  { requiredKeys: [] },
)
const models = fc.constantFrom('claude-sonnet-4', 'claude-sonnet-4-5', 'claude-opus-4-6', 'claude-opus-5', 'somebodys')

test('whatever is requested, the sent request breaks none of Anthropic’s rules', () => {
  fc.assert(
    fc.property(conversation, parameters, models, (messages, asked, upstreamModel) => {
      // An id may be called only once in a conversation.
      const called = messages.flatMap((message) => Object(message).tool_calls ?? [])
      fc.pre(new Set(called.map(({ id }) => id)).size === called.length)
      const request = chatCompletionsClient.decodeRequest({ ...asked, messages }, {})
      const { body } = messagesUpstream.openCall(request, { ...claudeEndpoint, upstreamModel }, {}).upstreamRequest
      const sent = JSON.parse(JSON.stringify(body))
      try {
        simulated.open(sent, '/v1/messages')
      } catch (error) {
        if (error instanceof InvalidRequest)
          throw new Error(`${error.message} ${JSON.stringify(sent)}`, { cause: error })
        throw error
      }
    }),
    { numRuns: 2000 },
  )
})

const request = chatCompletionsClient.decodeRequest({ stream: true, messages: [{ role: 'user', content: 'hi' }] }, {})

const blocks = fc.oneof(
  fc.record({ type: fc.constantFrom('text', 'thinking', 'redacted_thinking', 'tool_use', 'odd'), text: fc.anything() }),
  fc.anything(),
)
const events = fc.oneof(
  fc.record({ type: fc.constant('message_start'), message: fc.anything() }),
  fc.record({ type: fc.constant('content_block_start'), index: fc.nat(3), content_block: blocks }),
  fc.record({
    type: fc.constant('content_block_delta'),
    index: fc.nat(3),
    delta: fc.record({
      type: fc.constantFrom('text_delta', 'input_json_delta', 'thinking_delta', 'signature_delta', 'citations_delta'),
      text: fc.anything(),
      partial_json: fc.anything(),
      citation: fc.anything(),
    }),
  }),
  fc.record({ type: fc.constant('content_block_stop'), index: fc.nat(3) }),
  fc.record({
    type: fc.constant('message_delta'),
    delta: fc.record({ stop_reason: fc.constantFrom('end_turn', 'tool_use', null, 7) }),
    usage: fc.anything(),
  }),
  fc.constant({ type: 'message_stop' }),
  fc.record({ type: fc.constant('error'), error: fc.anything() }),
  fc.anything(),
)

test('whatever an upstream sends, a call ends once and nothing is thrown', () => {
  fc.assert(
    fc.property(fc.array(events, { maxLength: 12 }), (sent) => {
      const { reply } = messagesUpstream.openCall(request, claudeEndpoint, {})
      const frames = sent.map((event): Frame => ({
        type: 'data',
        event: null,
        data: JSON.stringify(event) ?? 'undefined',
      }))
      const received = [...frames.flatMap((frame) => reply.decodeFrame(frame)), ...reply.decodeEnd()]
      const endings = received.filter(({ type }) => type === 'call-end' || type === 'error')
      expect(endings).toHaveLength(1)
      expect(received.at(-1)).toBe(endings[0])
    }),
    { numRuns: 1000 },
  )
})

test('the same for any body of a JSON reply', () => {
  fc.assert(
    fc.property(fc.anything(), fc.array(blocks, { maxLength: 4 }), (odd, content) => {
      for (const body of [odd, { content, stop_reason: 'end_turn', usage: odd }]) {
        const received = messagesUpstream.openCall(request, claudeEndpoint, {}).reply.decodeResult(body)
        expect(received.filter(({ type }) => type === 'call-end' || type === 'error')).toHaveLength(1)
      }
    }),
    { numRuns: 500 },
  )
})
