import type { ServerResponse } from 'node:http'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { TestGateway } from '../../gateway.ts'
import { readStream } from '../../sse.ts'
import { contentOfReply, contentOfStream } from '../../choice-content.ts'
import { event, startScriptedBedrock, streamed } from './scripted-bedrock.ts'

const start = event('messageStart', { role: 'assistant' })
const delta = (contentBlockIndex: number, change: object) =>
  event('contentBlockDelta', { contentBlockIndex, delta: change, p: 'abcdef' })
const begin = (contentBlockIndex: number, toolUse: object) =>
  event('contentBlockStart', { contentBlockIndex, start: { toolUse } })
const stop = (contentBlockIndex: number) => event('contentBlockStop', { contentBlockIndex })
const end = (stopReason: string) => event('messageStop', { stopReason })
const metadata = (usage: object, more: object = {}) => event('metadata', { usage, metrics: { latencyMs: 1 }, ...more })
const usage = { inputTokens: 10, outputTokens: 5, totalTokens: 15 }

const sealed = [Buffer.from([1, 2]), Buffer.from([3, 4, 5, 6, 7])]
const whole = Buffer.concat(sealed).toString('base64')

const streams: Readonly<Record<string, readonly Uint8Array[]>> = {
  'claude-sonnet-4.5': [
    start,
    ...sealed.map((piece) => delta(0, { reasoningContent: { redactedContent: piece.toString('base64') } })),
    stop(0),
    delta(1, { reasoningContent: { text: 'Hm' } }),
    delta(1, { reasoningContent: { signature: 'c2ln' } }),
    stop(1),
    delta(2, { text: 'Yes' }),
    stop(2),
    end('end_turn'),
    metadata(usage),
  ],
  cached: [
    start,
    delta(0, { text: 'Yes' }),
    end('end_turn'),
    metadata(
      {
        ...usage,
        cacheReadInputTokens: 100,
        cacheWriteInputTokens: 30,
        cacheDetails: [
          { ttl: '1h', inputTokens: 20 },
          { ttl: '5m', inputTokens: 10 },
        ],
      },
      { serviceTier: { type: 'flex' } },
    ),
  ],
  calls: [
    start,
    begin(0, { toolUseId: 'same', name: 'now' }),
    stop(0),
    begin(1, { toolUseId: 'theirs', name: 'nova_grounding', type: 'server_tool_use' }),
    delta(1, { toolUse: { input: '{"query":"x"}' } }),
    stop(1),
    begin(2, { toolUseId: 'same', name: 'now' }),
    end('tool_use'),
    metadata(usage),
  ],
  'empty-but-counted': [start, end('end_turn'), metadata(usage)],
  empty: [start, end('end_turn'), metadata({ ...usage, outputTokens: 0 })],
  filtered: [start, end('content_filtered'), metadata({ ...usage, outputTokens: 0 })],
  'no-stop-reason': [start, delta(0, { text: 'Yes' }), event('messageStop', {}), metadata(usage)],
}

const message = (content: readonly object[]) => ({ output: { message: { role: 'assistant', content } } })
const replies: Readonly<Record<string, object>> = {
  'claude-sonnet-4.5': {
    ...message([
      { reasoningContent: { redactedContent: whole } },
      { reasoningContent: { reasoningText: { text: 'Hm', signature: 'c2ln' } } },
      { text: 'Yes' },
    ]),
    stopReason: 'end_turn',
    usage,
  },
  'no-stop-reason': { ...message([{ text: 'Yes' }]), usage },
  nothing: {},
}

let gateway: TestGateway
beforeAll(async () => {
  const names = new Set([...Object.keys(streams), ...Object.keys(replies)])
  const script = (name: string) => (response: ServerResponse, isStream: boolean) => {
    if (isStream) return streamed(response, ...(streams[name] ?? []))
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(replies[name]))
  }
  gateway = await startScriptedBedrock(Object.fromEntries([...names].map((name) => [name, script(name)])), {
    prompt: 1,
    completion: 2,
    input_cache_read: 0.5,
    input_cache_write: 3,
    input_cache_write_1h: 4,
  })
})
afterAll(() => gateway.close())

const stream = async (name: string) => {
  const read = await readStream(await gateway.chat({ model: `test/${name}`, stream: true }))
  return { ...read, received: contentOfStream(read.chunks) }
}

test('reasoning is encrypted or signed, each part by itself, however it was cut', async () => {
  const { received } = await stream('claude-sonnet-4.5')
  const format = 'anthropic-claude-v1'
  expect(received.reasoningDetails).toEqual([
    { type: 'reasoning.encrypted', data: whole, id: null, format, index: 0 },
    { type: 'reasoning.text', text: 'Hm', signature: 'c2ln', id: null, format, index: 1 },
  ])
  expect(received).toMatchObject({ content: 'Yes', reasoning: 'Hm' })
  const reply = Object(await (await gateway.chat({ model: 'test/claude-sonnet-4.5' })).json())
  expect(contentOfReply(reply.choices[0])).toEqual(received)
})

test('a prompt that is cached for an hour costs what that costs', async () => {
  const { chunks } = await stream('cached')
  expect(chunks.at(-1)).toMatchObject({
    service_tier: 'flex',
    usage: {
      prompt_tokens: 140,
      completion_tokens: 5,
      prompt_tokens_details: { cached_tokens: 100, cache_write_tokens: 30 },
      cost: (10 + 100 * 0.5 + 10 * 3 + 20 * 4 + 5 * 2) / 1e6,
    },
  })
})

test('calls have ids of their own and an object of arguments; tools that Bedrock runs are none of the client’s', async () => {
  const { received } = await stream('calls')
  expect(received).toMatchObject({
    finish: 'tool_calls',
    toolCalls: [
      { id: 'same', name: 'now', arguments: '{}' },
      { name: 'now', arguments: '{}' },
    ],
  })
  expect(received.toolCalls[1]?.id).not.toBe('same')
})

test('an answer without text is accepted if tokens were counted, or if it has a reason', async () => {
  expect((await stream('empty-but-counted')).received).toMatchObject({ content: '', finish: 'stop' })
  expect((await stream('filtered')).received).toMatchObject({ content: '', finish: 'content_filter' })
  expect((await gateway.chat({ model: 'test/empty', stream: true })).status).toBe(502)
})

test('an answer without a finish reason may be incomplete', async () => {
  const { chunks, text } = await stream('no-stop-reason')
  expect(text).toBe('Yes')
  expect(chunks.at(-1)?.error).toMatchObject({ code: 502 })
  const reply = Object(await (await gateway.chat({ model: 'test/no-stop-reason' })).json())
  expect(reply.choices[0]).toMatchObject({ finish_reason: 'error', message: { content: 'Yes' }, error: { code: 502 } })
  expect((await gateway.chat({ model: 'test/nothing' })).status).toBe(502)
})
