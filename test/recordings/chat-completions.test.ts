import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startGateway, type TestGateway } from '../gateway.ts'
import { type ReadStream, readStream } from '../sse.ts'
import { type Told, toldByReply, toldByStream } from '../told.ts'

/**
 * Replies that providers really sent, replayed by an upstream: `<provider>/<name>.json` is a whole body, `<name>.chunks.txt` one event
 * a line. They are not part of this repository; what is expected of them was read from them by hand.
 */
const directory = process.env['WAYGATE_RECORDINGS']

interface Expected {
  /** UTF-16 length and the beginning of the SHA-256: the words are the providers'. */
  readonly text?: readonly [number, string] | string
  readonly reasoning?: readonly [number, string] | string
  readonly calls?: readonly { readonly id: string; readonly name: string; readonly arguments: string }[]
  readonly citations?: readonly string[]
  readonly finish: string
  readonly native?: string
  readonly usage: {
    readonly prompt: number
    readonly completion: number
    readonly reasoning?: number
    readonly cached?: number
  }
  readonly fingerprint?: string
  readonly tier?: string
}

const sanFrancisco = [
  'https://populationstat.com/united-states/san-francisco',
  'https://en.wikipedia.org/wiki/San_Francisco',
]
const counties = [
  'https://worldpopulationreview.com/us-cities/california/san-francisco',
  'https://worldpopulationreview.com/us-counties/california/san-francisco-county',
]

const recordings: Readonly<Record<string, Expected>> = {
  'alibaba/alibaba-tool-call.json': {
    calls: [{ id: 'call_962bfd2ab8f54b89a1161356', name: 'weather', arguments: '{"location": "San Francisco"}' }],
    finish: 'tool_calls',
    usage: { prompt: 295, completion: 22 },
  },
  'alibaba/alibaba-tool-call.chunks.txt': {
    calls: [{ id: 'call_eee11723464a4b9eb8cee71d', name: 'weather', arguments: '{"location": "San Francisco"}' }],
    finish: 'tool_calls',
    usage: { prompt: 295, completion: 22 },
  },
  'deepseek/deepseek-reasoning.json': {
    text: [107, '30d7e2a8ff04fb28'],
    reasoning: [935, '5d222a8c19bc857e'],
    finish: 'stop',
    usage: { prompt: 18, completion: 345, reasoning: 315 },
    fingerprint: 'fp_eaab8d114b_prod0820_fp8_kvcache',
  },
  'deepseek/deepseek-reasoning.chunks.txt': {
    text: 'The word "strawberry" contains three "r"s.',
    reasoning: [606, '01a5d04ca7e849fd'],
    finish: 'stop',
    usage: { prompt: 18, completion: 219, reasoning: 205 },
    fingerprint: 'fp_eaab8d114b_prod0820_fp8_kvcache',
  },
  'deepseek/deepseek-text.json': {
    text: [1375, '98a13b04aa9efed6'],
    finish: 'length',
    usage: { prompt: 13, completion: 300 },
    fingerprint: 'fp_eaab8d114b_prod0820_fp8_kvcache',
  },
  'deepseek/deepseek-text.chunks.txt': {
    text: [1855, '2293daa9001bc91d'],
    finish: 'length',
    usage: { prompt: 13, completion: 400 },
    fingerprint: 'fp_eaab8d114b_prod0820_fp8_kvcache',
  },
  'groq/groq-text.json': {
    text: [2953, '3cb2fb56b7cc26b3'],
    finish: 'stop',
    usage: { prompt: 45, completion: 607 },
    fingerprint: 'fp_f8b414701e',
    tier: 'default',
  },
  'groq/groq-text.chunks.txt': {
    text: [3189, 'ca1f8ad858e90cfa'],
    finish: 'stop',
    usage: { prompt: 45, completion: 662 },
    fingerprint: 'fp_f8b414701e',
  },
  'groq/groq-tool-call.json': {
    calls: [{ id: 'ax9fskhev', name: 'weather', arguments: '{}' }],
    finish: 'tool_calls',
    usage: { prompt: 218, completion: 15 },
    fingerprint: 'fp_f8b414701e',
    tier: 'default',
  },
  'mistral/mistral-text.json': {
    text: [1926, '744e3a012c895d61'],
    finish: 'stop',
    usage: { prompt: 13, completion: 434 },
  },
  'mistral/mistral-text.chunks.txt': {
    text: 'Hello, world! This is a test response.',
    finish: 'stop',
    usage: { prompt: 13, completion: 8 },
  },
  'mistral/mistral-reasoning.json': {
    text: '2 + 2 = 4',
    reasoning: 'The user is asking for 2+2. This is basic arithmetic. 2+2=4.',
    finish: 'stop',
    usage: { prompt: 10, completion: 46 },
  },
  'mistral/mistral-reasoning.chunks.txt': {
    text: '2 + 2 = 4',
    reasoning: 'The user is asking for 2+2. This is basic arithmetic. 2+2=4.',
    finish: 'stop',
    usage: { prompt: 10, completion: 46 },
  },
  'moonshotai/moonshotai-text.json': { text: 'Hello, world!', finish: 'stop', usage: { prompt: 9, completion: 5 } },
  'moonshotai/moonshotai-tool-call.json': {
    calls: [{ id: 'call_abc123', name: 'get_weather', arguments: '{"city":"Paris"}' }],
    finish: 'tool_calls',
    usage: { prompt: 30, completion: 12 },
  },
  'moonshotai/moonshotai-stream.chunks.txt': {
    text: 'Hello!',
    reasoning: 'Thinking aloud. ',
    finish: 'stop',
    usage: { prompt: 9, completion: 12, reasoning: 7 },
  },
  'openai/openai-text.json': {
    text: [1842, '0bd93e941831fcdd'],
    finish: 'stop',
    usage: { prompt: 16, completion: 363 },
    fingerprint: 'fp_de604bd877',
    tier: 'default',
  },
  'openai/openai-text.chunks.txt': {
    text: [1724, '53b2d9e583d02b3f'],
    finish: 'stop',
    usage: { prompt: 16, completion: 300 },
    fingerprint: 'fp_de604bd877',
    tier: 'default',
  },
  'perplexity/perplexity-citations.json': {
    text: [952, '24f50d21f943b6c4'],
    citations: [
      ...sanFrancisco,
      'https://www.california-demographics.com/cities_by_population',
      'https://wfin.com/fox-sports/pat-mcafee-says-san-francisco-wasnt-the-s-hole-he-thought-it-may-be-during-super-bowl-week/',
      'https://fred.stlouisfed.org/series/CASANF0POP',
      ...counties,
    ],
    finish: 'stop',
    usage: { prompt: 10, completion: 251 },
  },
  'perplexity/perplexity-citations.chunks.txt': {
    text: 'The current population of **[2][3]',
    citations: [
      ...sanFrancisco,
      'https://fred.stlouisfed.org/graph/?g=4K5j',
      'https://www.california-demographics.com/cities_by_population',
      ...counties,
      'https://www.worldometers.info/world-population/us-population/',
    ],
    finish: 'stop',
    usage: { prompt: 10, completion: 336 },
  },
  // xAI leaves reasoning out of completion_tokens: 1 + 228 and 1 + 290.
  'xai/xai-text.json': {
    text: 'Hello',
    reasoning: [189, '2cfc69b35d08b499'],
    finish: 'stop',
    usage: { prompt: 12, completion: 229, reasoning: 228, cached: 2 },
    fingerprint: 'fp_2a885414fb',
  },
  'xai/xai-text.chunks.txt': {
    text: 'Hello',
    reasoning: 'First, the user said',
    finish: 'stop',
    usage: { prompt: 12, completion: 291, reasoning: 290, cached: 11 },
    fingerprint: 'fp_2a885414fb',
  },
}

const marks = (text: string): readonly [number, string] => [
  text.length,
  createHash('sha256').update(text).digest('hex').slice(0, 16),
]
const same = (text: string, expected: Expected['text'] = ''): void =>
  typeof expected === 'string' ? expect(text).toBe(expected) : expect(marks(text)).toEqual(expected)

const usageOf = ({ prompt, completion, reasoning = 0, cached = 0 }: Expected['usage']) => ({
  prompt_tokens: prompt,
  completion_tokens: completion,
  total_tokens: prompt + completion,
  // A dollar and two dollars a million.
  cost: (prompt + 2 * completion) / 1e6,
  prompt_tokens_details: { cached_tokens: cached },
  completion_tokens_details: { reasoning_tokens: reasoning },
})

function tells(told: Told, expected: Expected): void {
  same(told.content, expected.text)
  same(told.reasoning, expected.reasoning)
  expect(told.toolCalls).toEqual(expected.calls ?? [])
  const citations = (expected.citations ?? []).map((url) => ({ type: 'url_citation', url_citation: { url } }))
  expect(told.annotations).toEqual(citations)
  expect(told).toMatchObject({ finish: expected.finish, native: expected.native ?? expected.finish, refusal: '' })
}

describe.skipIf(directory === undefined)('recorded replies (WAYGATE_RECORDINGS)', () => {
  let upstream: Server
  let gateway: TestGateway
  beforeAll(async () => {
    const file = (name: string): string => readFileSync(join(directory ?? '', name), 'utf8')
    upstream = createServer(async (request, response) => {
      let body = ''
      for await (const piece of request.setEncoding('utf8')) body += piece
      const name: string = JSON.parse(body).model
      if (name.endsWith('.json')) {
        const status = name.includes('error') ? 429 : 200
        response.writeHead(status, { 'content-type': 'application/json' }).end(file(name))
        return
      }
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      for (const line of file(name).split('\n')) if (line.trim() !== '') response.write(`data: ${line}\n\n`)
      response.end('data: [DONE]\n\n')
    })
    upstream.listen(0, '127.0.0.1')
    await once(upstream, 'listening')
    const address = upstream.address()
    const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
    const names = [...Object.keys(recordings), 'openai/openai-error.1.json']
    const slugs = [...new Set(names.map((name) => name.slice(0, name.indexOf('/'))))]
    gateway = await startGateway({
      providers: Object.fromEntries(
        [...slugs, 'prov-a', 'prov-b', 'prov-c'].map((slug) => [
          slug,
          { base_url: `${url}/${slug}`, api_key: 'upstream-secret' },
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
    upstream.close()
  })

  const slugOf = (name: string): string => `recorded/${name.slice(name.indexOf('/') + 1).toLowerCase()}`
  const chat = (name: string, stream: boolean) => gateway.chat({ model: slugOf(name), stream })

  function streamed({ chunks, done }: ReadStream, expected: Expected): void {
    expect(done).toBe(true)
    tells(toldByStream(chunks), expected)
    expect(chunks.at(-1)).toMatchObject({
      usage: usageOf(expected.usage),
      ...(expected.tier !== undefined && { service_tier: expected.tier }),
    })
    expect(chunks.filter(({ usage }) => usage !== undefined)).toHaveLength(1)
    for (const chunk of chunks) expect(Object(chunk).system_fingerprint).toBe(expected.fingerprint)
  }

  const entries = Object.entries(recordings)
  test.each(entries.filter(([name]) => name.endsWith('.json')))(
    '%s, as JSON and as a stream',
    async (name, expected) => {
      const response = await chat(name, false)
      expect(response.status).toBe(200)
      const reply = Object(await response.json())
      tells(toldByReply(reply.choices[0]), expected)
      expect(reply).toMatchObject({
        usage: usageOf(expected.usage),
        system_fingerprint: expected.fingerprint ?? null,
        service_tier: expected.tier ?? null,
      })
      // Some upstreams answer a request for a stream with JSON: it becomes one, and tells the same.
      const read = await readStream(await chat(name, true))
      streamed(read, expected)
      expect(toldByStream(read.chunks)).toEqual(toldByReply(reply.choices[0]))
      expect(read.chunks.at(-1)?.usage).toEqual(reply.usage)
    },
  )

  test.each(entries.filter(([name]) => name.endsWith('.chunks.txt')))('%s', async (name, expected) => {
    streamed(await readStream(await chat(name, true)), expected)
  })

  test.each([false, true])(
    'openai/openai-error.1.json: an exhausted account of ours is no 429 (stream: %s)',
    async (stream) => {
      const response = await chat('openai/openai-error.1.json', stream)
      expect(response.status).toBe(502)
      expect(await response.json()).toMatchObject({
        error: { code: 502, metadata: { provider_name: 'OpenAI', provider_code: 'insufficient_quota' } },
      })
    },
  )
})
