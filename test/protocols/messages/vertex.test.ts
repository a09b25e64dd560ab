import { afterAll, beforeAll, expect, test } from 'vitest'
import { ResultFold } from '../../../src/canonical/fold-result.ts'
import { chatCompletionsClient } from '../../../src/protocols/chat-completions/client.ts'
import { messagesUpstream } from '../../../src/protocols/messages/upstream.ts'
import { type Simulator, startSimulator } from '../../../src/simulator/simulator.ts'
import { simulatedText } from '../../../src/simulator/simulated-text.ts'
import { claudeEndpoint } from './claude-endpoint.ts'

let vertex: Simulator
beforeAll(async () => {
  vertex = await startSimulator()
})
afterAll(() => vertex.close())

const quirks = { host: 'vertex' } as const

const request = (stream: boolean) =>
  chatCompletionsClient.decodeRequest({ stream, messages: [{ role: 'user', content: 'hi' }] }, {})

test('Vertex has the model in the path and the version in the body', async () => {
  const call = messagesUpstream.openCall(request(false), claudeEndpoint, quirks)
  const { path, body, headers } = call.upstreamRequest
  expect(path).toBe('/publishers/anthropic/models/claude-sonnet-4-5@20250929:rawPredict')
  expect(headers).toEqual({})
  expect(body).toEqual({
    anthropic_version: 'vertex-2023-10-16',
    max_tokens: 4096,
    messages: [{ role: 'user', content: [{ type: 'text', text: 'hi' }] }],
  })
  const url = `${vertex.url}/v1/projects/p/locations/us-east5${path}`
  const response = await fetch(url, { method: 'POST', body: JSON.stringify(body) })
  const fold = new ResultFold()
  fold.add(call.reply.decodeResult(await response.json()))
  expect(fold.result().choices).toMatchObject([
    { parts: [{ type: 'text', text: simulatedText(12) }], finishReason: 'stop' },
  ])
})

test('a stream has a path of its own', async () => {
  const { path, body } = messagesUpstream.openCall(request(true), claudeEndpoint, quirks).upstreamRequest
  expect(path).toMatch(/:streamRawPredict$/)
  const response = await fetch(vertex.url + path, { method: 'POST', body: JSON.stringify(body) })
  expect(response.headers.get('content-type')).toBe('text/event-stream')
  expect(await response.text()).toContain('event: message_stop')
})

test.each([
  ['https://example.com/cat.png', true],
  ['http://example.com/cat.png', false],
])('%s as an image: Anthropic fetches it itself: %s; Vertex fetches nothing', (url, fetched) => {
  expect(messagesUpstream.takesUrl?.({ type: 'image', url }, {})).toBe(fetched)
  expect(messagesUpstream.takesUrl?.({ type: 'image', url }, quirks)).toBe(false)
})

test.each([
  ['https://example.com/paper.PDF?page=1', true],
  ['https://example.com/notes.txt', false],
  ['not an address', false],
])('%s as a file: %s', (data, fetched) => {
  expect(messagesUpstream.takesUrl?.({ type: 'file', data }, {})).toBe(fetched)
})
