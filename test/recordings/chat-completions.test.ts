import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startGateway, type TestGateway } from '../gateway.ts'
import { type ReadStream, readStream } from '../sse.ts'
import { type ChoiceContent, contentOfReply, contentOfStream } from '../choice-content.ts'
import { type ExpectedReply, expectedReplies } from './expected-replies.ts'
import { type Replay, replyFolders, startReplay } from './replay.ts'

const exhausted = 'openai/openai-error.1.json'

const marks = (text: string): readonly [number, string] => [
  text.length,
  createHash('sha256').update(text).digest('hex').slice(0, 16),
]
const same = (text: string, expected: ExpectedReply['text'] = ''): void =>
  typeof expected === 'string' ? expect(text).toBe(expected) : expect(marks(text)).toEqual(expected)

const usageOf = ({ prompt, completion, reasoning = 0, cached = 0, cost }: ExpectedReply['usage']) => ({
  prompt_tokens: prompt,
  completion_tokens: completion,
  total_tokens: prompt + completion,
  // One dollar and two dollars per million, unless the provider reports an amount.
  cost: cost ?? (prompt + 2 * completion) / 1e6,
  prompt_tokens_details: { cached_tokens: cached },
  completion_tokens_details: { reasoning_tokens: reasoning },
})

function tells(received: ChoiceContent, expected: ExpectedReply): void {
  same(received.content, expected.text)
  same(received.reasoning, expected.reasoning)
  expect(received.toolCalls).toEqual(expected.calls ?? [])
  const citations = (expected.citations ?? []).map((url) => ({ type: 'url_citation', url_citation: { url } }))
  expect(received.annotations).toEqual(citations)
  expect(received).toMatchObject({ finish: expected.finish, native: expected.native ?? expected.finish, refusal: '' })
}

describe.each(replyFolders)('chat completions: $name', (folder) => {
  const replies = Object.entries(expectedReplies[folder.name])
  let replay: Replay
  let gateway: TestGateway
  beforeAll(async () => {
    replay = await startReplay(folder, {
      contentType: 'text/event-stream',
      frame: (line) => `data: ${line}\n\n`,
      end: 'data: [DONE]\n\n',
      statusOf: (name) => (name === exhausted ? 429 : 200),
    })
    const names = [...replies.map(([name]) => name), exhausted]
    const slugs = [...new Set(names.map((name) => name.slice(0, name.indexOf('/'))))]
    gateway = await startGateway({
      providers: Object.fromEntries(
        [...slugs, 'prov-a', 'prov-b', 'prov-c'].map((slug) => [
          slug,
          { base_url: `${replay.url}/${slug}`, api_key: 'upstream-secret' },
        ]),
      ),
      models: Object.fromEntries(
        names.map((name) => {
          const [provider = ''] = name.split('/')
          const pricing = { prompt: 1, completion: 2 }
          return [slugOf(name), { endpoints: [{ provider, model: name, pricing }] }]
        }),
      ),
    })
  })
  afterAll(async () => {
    await gateway.close()
    replay.close()
  })

  const slugOf = (name: string): string => `recorded/${name.slice(name.indexOf('/') + 1).toLowerCase()}`
  const chat = (name: string, stream: boolean) => gateway.chat({ model: slugOf(name), stream })

  function streamed({ chunks, done }: ReadStream, expected: ExpectedReply): void {
    expect(done).toBe(true)
    tells(contentOfStream(chunks), expected)
    expect(chunks.at(-1)).toMatchObject({
      usage: usageOf(expected.usage),
      ...(expected.tier !== undefined && { service_tier: expected.tier }),
    })
    expect(chunks.filter(({ usage }) => usage !== undefined)).toHaveLength(1)
    for (const chunk of chunks) expect(Object(chunk).system_fingerprint).toBe(expected.fingerprint)
  }

  test.each(replies.filter(([name]) => name.endsWith('.json')))(
    '%s, as JSON and as a stream',
    async (name, expected) => {
      const response = await chat(name, false)
      expect(response.status).toBe(200)
      const reply = Object(await response.json())
      tells(contentOfReply(reply.choices[0]), expected)
      expect(reply).toMatchObject({
        usage: usageOf(expected.usage),
        system_fingerprint: expected.fingerprint ?? null,
        service_tier: expected.tier ?? null,
      })
      // Some upstreams answer a request for a stream with JSON. It becomes a stream with the same content.
      const read = await readStream(await chat(name, true))
      streamed(read, expected)
      expect(contentOfStream(read.chunks)).toEqual(contentOfReply(reply.choices[0]))
      expect(read.chunks.at(-1)?.usage).toEqual(reply.usage)
    },
  )

  test.each(replies.filter(([name]) => name.endsWith('.chunks.txt')))('%s', async (name, expected) => {
    streamed(await readStream(await chat(name, true)), expected)
  })

  test.each([false, true])(`${exhausted}: an exhausted account of ours is no 429 (stream: %s)`, async (stream) => {
    const response = await chat(exhausted, stream)
    expect(response.status).toBe(502)
    expect(await response.json()).toMatchObject({
      error: { code: 502, metadata: { provider_name: 'OpenAI', provider_code: 'insufficient_quota' } },
    })
  })
})
