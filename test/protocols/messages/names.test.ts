import { expect, test } from 'vitest'
import { flattenParts } from '../../../src/protocols/openai/flatten-parts.ts'
import { ResultFold } from '../../../src/canonical/fold-result.ts'
import type { ChatRequest } from '../../../src/canonical/generation-request.ts'
import { chatCompletionsClient } from '../../../src/protocols/chat-completions/client.ts'
import { messagesUpstream } from '../../../src/protocols/messages/upstream.ts'
import { claudeEndpoint } from './claude-endpoint.ts'

const decoded = chatCompletionsClient.decodeRequest({ messages: [{ role: 'user', content: 'hi' }] }, {})

/** Other protocols allow tool names that chat does not allow. */
const request: ChatRequest = {
  ...decoded,
  input: {
    ...decoded.input,
    messages: [
      ...decoded.input.messages,
      { role: 'assistant', content: [], toolCalls: [{ id: 'a', name: 'files.read', arguments: '{}' }] },
      { role: 'tool', toolCallId: 'a', content: [] },
    ],
  },
  parameters: {
    tools: [
      { type: 'function', name: 'files.read' },
      { type: 'function', name: 'files/read' },
    ],
    toolChoice: { name: 'files/read' },
  },
}

test('tools whose names are refused are renamed for the call, and come back under their own', () => {
  const { upstreamRequest, reply } = messagesUpstream.openCall(request, claudeEndpoint, {})
  const renamed = expect.stringMatching(/^files_read_[0-9a-f]{8}$/)
  expect(upstreamRequest.body).toMatchObject({
    messages: [{}, { content: [{ type: 'tool_use', name: 'files_read' }] }, {}],
    tools: [{ name: 'files_read' }, { name: renamed }],
    tool_choice: { type: 'tool', name: renamed },
  })
  const [, second] = Object(upstreamRequest.body['tools'])
  const fold = new ResultFold()
  fold.add(
    reply.decodeResult({
      content: [
        { type: 'tool_use', id: 'b', name: 'files_read', input: { path: '/' } },
        { type: 'tool_use', id: 'c', name: second.name, input: {} },
        { type: 'tool_use', id: 'd', name: 'made_up', input: {} },
      ],
      stop_reason: 'tool_use',
    }),
  )
  expect(flattenParts(fold.result().choices[0]?.parts ?? []).toolCalls).toEqual([
    { id: 'b', name: 'files.read', arguments: '{"path":"/"}' },
    { id: 'c', name: 'files/read', arguments: '{}' },
    { id: 'd', name: 'made_up', arguments: '{}' },
  ])
})
