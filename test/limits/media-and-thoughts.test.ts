import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import { expect, onTestFinished, test } from 'vitest'
import { generation } from '../acceptance/exchange.ts'
import { startGateway, testKey } from '../gateway.ts'
import { readStream } from '../sse.ts'

/* What an answer has besides text counts towards the amount that is held for it. */

const limited = 'sk-or-v1-test-key-with-a-limit'
const headers = { authorization: `Bearer ${limited}` }

/** Starts a gateway whose key has a limit, in front of an upstream with scripted replies. A token of an answer costs 0.0001 USD. */
async function started(protocol: string, limit: number, answer: (response: ServerResponse) => Promise<void>) {
  const asked: unknown[] = []
  const upstream = createServer((request, response) => {
    const body: Buffer[] = []
    request.on('data', (piece: Buffer) => body.push(piece))
    request.on('end', () => {
      asked.push(JSON.parse(Buffer.concat(body).toString()))
      void answer(response)
    })
  }).listen(0, '127.0.0.1')
  await once(upstream, 'listening')
  const base_url = `http://127.0.0.1:${Object(upstream.address()).port}/v1`
  const pricing = { prompt: 1, completion: 100, audio_output: 100, image_output: 100 }
  const gateway = await startGateway({
    keys: [
      { name: 'limited', key: limited, limit },
      { name: 'test', key: testKey },
    ],
    providers: Object.fromEntries(
      ['prov-a', 'prov-b', 'prov-c'].map((slug) => [slug, { protocol, base_url, api_key: 'a' }]),
    ),
    models: {
      'test/m': {
        output_modalities: ['text', 'image', 'audio'],
        reasoning: {},
        endpoints: [{ provider: 'prov-a', model: 'claude-sonnet-4-5', pricing }],
      },
    },
  })
  onTestFinished(async () => {
    await gateway.close()
    upstream.close()
  })
  return { gateway, asked }
}

/** A stream that goes on until the reader leaves, and counts the pieces that it wrote. */
const endless = (delta: object) => {
  const written = { count: 0 }
  const answer = async (response: ServerResponse): Promise<void> => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    const closed = once(response, 'close')
    while (!response.closed && written.count < 2_000) {
      const chunk = { id: 'c', object: 'chat.completion.chunk', choices: [{ index: 0, delta, finish_reason: null }] }
      written.count++
      if (!response.write(`data: ${JSON.stringify(chunk)}\n\n`)) await Promise.race([once(response, 'drain'), closed])
      await new Promise((resolve) => setImmediate(resolve))
    }
    response.end()
  }
  return { written, answer }
}

const kinds = {
  // Each is 100 tokens of speech.
  speech: { audio: { id: 'a', data: 'A'.repeat(200_000) } },
  'what speech says': { audio: { id: 'a', transcript: 'words '.repeat(100) } },
  pictures: { images: [{ type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } }] },
}

test.each(Object.entries(kinds))(
  'a stream of %s ends where the limit of the key does, and is charged for what came',
  async (_, delta) => {
    const { written, answer } = endless(delta)
    const { gateway } = await started('chat-completions', 1, answer)
    const asked = { model: 'test/m', stream: true, modalities: ['text', 'audio', 'image'] }
    const reply = await gateway.chat(asked, headers)
    const { chunks } = await readStream(reply)
    expect(chunks.at(-1)?.error).toMatchObject({ code: 403, metadata: { limit_source: 'key_limit' } })
    expect(written.count).toBeLessThan(2_000)
    const record = await generation(gateway, reply.headers.get('x-generation-id'))
    expect(record['total_cost']).toBeGreaterThan(0.3)
    expect(record['total_cost']).toBeLessThanOrEqual(1)
  },
)

test('a budget for thoughts at a Messages endpoint without known limits is part of what is held', async () => {
  const { gateway, asked } = await started('messages', 1, async (response) => {
    response.writeHead(400).end()
  })
  const ask = (max_tokens: number) => gateway.chat({ model: 'test/m', reasoning: { max_tokens } }, headers)
  expect((await ask(2_000)).status).toBe(400)
  expect(asked[0]).toMatchObject({ max_tokens: 6_096, thinking: { budget_tokens: 2_000 } })
  // 4,096 tokens for the answer and 8,000 for thoughts would cost more than the limit of 1 USD.
  expect((await ask(8_000)).status).toBe(400)
  expect(Object(asked[1]).max_tokens).toBeLessThan(10_000)
})
