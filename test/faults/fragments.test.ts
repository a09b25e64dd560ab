import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startGateway, type TestGateway } from '../gateway.ts'
import { readStream } from '../sse.ts'
import { completed, operations } from './operations.ts'

const words = ['Grün', ' 💧', ' 語', '\u2028', ' \ud83d\ude00', '"\\\n', ' z']

/** A stream with everything that the format allows: comments, unknown fields, data of several lines, a byte order mark. */
function streamBytes(chat: boolean, lineEnd: string): Buffer {
  const event = (choices: readonly object[], more: object = {}): readonly string[] => {
    const json = JSON.stringify({ id: 'up-1', choices, ...more })
    const middle = json.indexOf(',') + 1
    return [`data: ${json.slice(0, middle)}`, `data:${json.slice(middle)}`, '']
  }
  const lines = words.flatMap((text, i) => [
    ...(i % 2 === 0 ? [': ping', ''] : ['event: message', 'id: 7', 'retry: 10']),
    ...event([{ index: 0, ...(chat ? { delta: { content: text } } : { text }), finish_reason: null }]),
  ])
  const finish = event([{ index: 0, delta: {}, text: '', finish_reason: 'stop' }])
  const usage = event([], { usage: { prompt_tokens: 1, completion_tokens: 7, total_tokens: 8 } })
  return Buffer.from(`\uFEFF${[...lines, ...finish, ...usage, 'data: [DONE]', '', ''].join(lineEnd)}`)
}

const lineEnds: Readonly<Record<string, string>> = { lf: '\n', crlf: '\r\n', cr: '\r' }
/** The number of concurrent requests. */
const lanes = 50

describe.each(operations)('$name: a stream that is split', ({ path, ask }) => {
  let upstream: Server
  let gateway: TestGateway
  beforeAll(async () => {
    upstream = createServer(async (request, response) => {
      let body = ''
      for await (const piece of request.setEncoding('utf8')) body += piece
      const { model, seed }: { model: string; seed: number } = JSON.parse(body)
      const bytes = streamBytes(request.url?.includes('chat') === true, lineEnds[model] ?? '')
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write(bytes.subarray(0, seed))
      // The time is long enough for the first part to be read alone.
      setTimeout(() => response.end(bytes.subarray(seed)), 4)
    })
    upstream.listen(0, '127.0.0.1')
    await once(upstream, 'listening')
    const address = upstream.address()
    const provider = {
      base_url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/v1`,
      api_key: 'secret-of-upstream',
    }
    gateway = await startGateway({
      providers: { 'prov-a': provider, 'prov-b': provider, 'prov-c': provider },
      models: Object.fromEntries(
        Object.keys(lineEnds).map((name) => [`split/${name}`, { endpoints: [{ provider: 'prov-a', model: name }] }]),
      ),
    })
  })
  afterAll(async () => {
    await gateway.close()
    upstream.closeAllConnections()
    upstream.close()
  })

  test.each(Object.keys(lineEnds))('at any byte, with lines that end in %s, has the same content', async (name) => {
    const { length } = streamBytes(true, lineEnds[name] ?? '')
    const wrong: number[] = []
    let next = 1
    async function lane(): Promise<void> {
      while (next < length) {
        const seed = next++
        const read = await readStream(await gateway.post(path, { model: `split/${name}`, ...ask, seed, stream: true }))
        const said =
          completed(read) && read.text === words.join('') && read.chunks.at(-1)?.usage?.['completion_tokens'] === 7
        if (!said) wrong.push(seed)
      }
    }
    await Promise.all(Array.from({ length: lanes }, lane))
    expect(length).toBeGreaterThan(900)
    expect(wrong).toEqual([])
  })
})
