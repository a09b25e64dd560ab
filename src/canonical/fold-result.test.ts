import { expect, test } from 'vitest'
import { ResultFold } from './fold-result.ts'
import type { CallBatch } from './generation-event.ts'
import { messagesUpstream } from '../protocols/messages/upstream.ts'
import { chatCompletionsClient } from '../protocols/chat-completions/client.ts'
import { claudeEndpoint } from '../../test/protocols/messages/claude-endpoint.ts'

const fold = (...batches: readonly CallBatch[]) => {
  const folded = new ResultFold()
  for (const batch of batches) folded.add(batch)
  const [choice] = folded.result().choices
  return choice
}

/** One answer of each kind of part, in an order that no bag of fields could keep. */
const content = [
  { type: 'text', text: 'I look it up.' },
  { type: 'tool_use', id: 'call-1', name: 'look_up', input: { word: 'river' } },
  { type: 'thinking', thinking: 'That was it.', signature: 'sealed' },
  { type: 'text', text: 'A river' },
  { type: 'text', text: ' flows.' },
  { type: 'tool_use', id: 'call-2', name: 'look_up', input: { word: 'boat' } },
]
const parts = [
  { type: 'text', text: 'I look it up.' },
  { type: 'tool-call', index: 0, id: 'call-1', name: 'look_up', arguments: '{"word":"river"}' },
  { type: 'reasoning', detail: { type: 'text', text: 'That was it.', signature: 'sealed' } },
  { type: 'text', text: 'A river' },
  { type: 'text', text: ' flows.' },
  { type: 'tool-call', index: 1, id: 'call-2', name: 'look_up', arguments: '{"word":"boat"}' },
]

const openCall = () => {
  const request = chatCompletionsClient.decodeRequest({ messages: [{ role: 'user', content: 'hi' }] }, {})
  return messagesUpstream.openCall(request, claudeEndpoint, {}).reply
}

test('an answer keeps the order of its parts, and where each ends: read from a whole reply', () => {
  const events = openCall().decodeResult({ id: 'm', content, stop_reason: 'stop_sequence', stop_sequence: 'END' })
  expect(fold(events)).toMatchObject({ parts, nativeFinishReason: 'stop_sequence', stopSequence: 'END' })
})

test('an answer keeps the order of its parts, and where each ends: read from a stream', () => {
  const reply = openCall()
  const frame = (event: object) => reply.decodeFrame({ type: 'data', event: null, data: JSON.stringify(event) })
  const batches = [
    frame({ type: 'message_start', message: { id: 'm', usage: { input_tokens: 1 } } }),
    ...content.flatMap((block, index) => {
      const { text, thinking, signature, input } = { text: '', thinking: '', signature: '', input: {}, ...block }
      const deltas = [
        ...Array.from(text).map((letter) => ({ type: 'text_delta', text: letter })),
        ...Array.from(thinking).map((letter) => ({ type: 'thinking_delta', thinking: letter })),
        ...(signature === '' ? [] : [{ type: 'signature_delta', signature }]),
        ...(block.type === 'tool_use' ? [{ type: 'input_json_delta', partial_json: JSON.stringify(input) }] : []),
      ]
      const begun = { ...block, text: '', thinking: '', signature: '', input: {} }
      return [
        frame({ type: 'content_block_start', index, content_block: begun }),
        ...deltas.map((delta) => frame({ type: 'content_block_delta', index, delta })),
        frame({ type: 'content_block_stop', index }),
      ]
    }),
    frame({ type: 'message_delta', delta: { stop_reason: 'stop_sequence', stop_sequence: 'END' } }),
    frame({ type: 'message_stop' }),
  ]
  expect(fold(...batches)).toMatchObject({ parts, nativeFinishReason: 'stop_sequence', stopSequence: 'END' })
})

test('what stands beside a text does not cut it, and pieces of calls that run side by side find theirs', () => {
  const text = (said: string) => ({ type: 'text-delta', choice: 0, text: said }) as const
  const choice = fold([
    text('The '),
    { type: 'annotation', choice: 0, annotation: { type: 'url-citation', url: 'https://a.example/' } },
    text('river'),
    { type: 'tool-call-start', choice: 0, index: 0, id: 'a', name: 'one' },
    { type: 'tool-call-start', choice: 0, index: 1, id: 'b', name: 'two' },
    { type: 'tool-call-delta', choice: 0, index: 0, arguments: '{"x":' },
    { type: 'tool-call-delta', choice: 0, index: 1, arguments: '{}' },
    { type: 'tool-call-delta', choice: 0, index: 0, arguments: '1}' },
    text(' flows'),
  ])
  expect(choice?.parts).toMatchObject([
    { type: 'text', text: 'The river' },
    { type: 'annotation' },
    { type: 'tool-call', id: 'a', arguments: '{"x":1}' },
    { type: 'tool-call', id: 'b', arguments: '{}' },
    { type: 'text', text: ' flows' },
  ])
})
