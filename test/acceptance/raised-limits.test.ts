import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { behaving, startGateway, type TestGateway } from '../gateway.ts'
import { type Simulator, startSimulator } from '../../src/simulator/simulator.ts'
import { at, readJson } from './exchange.ts'
import { openStream } from './stream-exchange.ts'

let upstream: Simulator
let gateway: TestGateway
beforeAll(async () => {
  upstream = await startSimulator()
  const provider = (name: string, protocol: string) => ({
    name,
    protocol,
    base_url: `${upstream.url}/${name.replace(' ', '-')}/v1`,
    api_key: 'a-key-of-this-gateway',
  })
  const endpoint = (slug: string, model = 'steady') => ({
    endpoints: [{ provider: slug, model, pricing: { prompt: 1, completion: 2 } }],
  })
  gateway = await startGateway({
    providers: {
      'prov-a': provider('Prov A', 'chat-completions'),
      'prov-b': provider('Prov B', 'chat-completions'),
      'prov-c': provider('Prov C', 'chat-completions'),
      replies: provider('Reply House', 'responses'),
      bedrock: provider('Bedrock House', 'converse'),
      gemini: provider('Gemini House', 'generate-content'),
    },
    models: {
      'acme/replies': endpoint('replies'),
      'acme/gemini': endpoint('gemini', 'reasoning+tokens-9'),
      ...Object.fromEntries(
        [402, 413, 422, 504, 529].map((status) => [`acme/${status}`, endpoint('bedrock', `status-${status}`)]),
      ),
    },
  })
})
afterAll(async () => {
  await gateway.close()
  await upstream.close()
})

describe('a max_tokens below the endpoint’s minimum', () => {
  const metadata = { 'x-openrouter-metadata': 'enabled' }

  test('is reported in the metadata, with the value that was sent instead, and in a header', async () => {
    const reply = await readJson(gateway.chat({ model: 'acme/replies', max_tokens: 5 }, metadata))
    expect(reply.headers.get('x-waygate-max-tokens')).toBe('16')
    expect(at(reply.body, 'openrouter_metadata', 'pipeline')).toEqual([
      {
        type: 'raised_max_tokens',
        name: 'max_tokens',
        summary: expect.stringMatching(/Reply House takes no max_tokens below 16.*charged/),
        data: { sent: 16 },
      },
    ])
    expect(at(upstream.journal().at(-1), 'body', 'max_output_tokens')).toBe(16)
    expect(at(reply.body, 'usage', 'completion_tokens')).toBeGreaterThan(5)
  })

  test('is reported in a stream too', async () => {
    const read = await openStream(gateway, 'acme/replies', { max_tokens: 1 })
    expect(read.headers.get('x-waygate-max-tokens')).toBe('16')
    const reply = await gateway.chat({ model: 'acme/replies', max_tokens: 1, stream: true }, metadata)
    expect(await reply.text()).toContain('"type":"raised_max_tokens"')
  })

  test.each([
    ['one that it takes', 'acme/replies', { max_tokens: 16 }],
    ['none', 'acme/replies', {}],
    ['a small one at another provider', 'acme/m1', { max_tokens: 1 }],
  ])('is not reported for %s', async (_, model, body) => {
    const reply = await readJson(gateway.chat({ model, ...body }, metadata))
    expect(reply.headers.has('x-waygate-max-tokens')).toBe(false)
    expect(at(reply.body, 'openrouter_metadata', 'pipeline')).toBeUndefined()
  })
})

test('a limit is reported in round figures', async () => {
  const hasty = await startGateway({
    timeouts: { total_ms: 1_700 },
    models: { 'acme/silent': behaving('blackhole') },
  })
  const { status, body } = await readJson(hasty.chat({ model: 'acme/silent', stream: true }))
  await hasty.close()
  expect(status).toBe(504)
  expect(at(body, 'error', 'message')).toMatch(/ within \d+(\.\d)? s\.$/)
})

describe('the simulator', () => {
  test.each([
    [402, 502],
    [413, 413],
    [422, 422],
    [504, 504],
    [529, 529],
  ])('its converse protocol sends %i, which the client sees as %i', async (status, seen) => {
    for (const stream of [false, true]) {
      const before = upstream.journal().length
      const reply = await gateway.chat({ model: `acme/${status}`, stream })
      await reply.text()
      expect(reply.status).toBe(seen)
      expect(
        upstream
          .journal()
          .slice(before)
          .map((entry) => at(entry, 'status')),
      ).toContain(status)
    }
  })

  test('its generate-content counts grow from chunk to chunk, and end with the total', async () => {
    const reply = await fetch(`${upstream.url}/v1beta/models/reasoning+tokens-9:streamGenerateContent?alt=sse`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        contents: [{ role: 'user', parts: [{ text: 'hi' }] }],
        generationConfig: { thinkingConfig: { includeThoughts: true } },
      }),
    })
    const counts = (await reply.text())
      .split('\n')
      .filter((line) => line.startsWith('data: '))
      .map((line): unknown => JSON.parse(line.slice('data: '.length)).usageMetadata)
    const column = (name: string) => counts.map((count) => Number(at(count, name) ?? 0))
    for (const name of ['candidatesTokenCount', 'thoughtsTokenCount', 'totalTokenCount']) {
      const values = column(name)
      expect(values).toEqual(values.toSorted((a, b) => a - b))
    }
    expect(new Set(column('totalTokenCount')).size).toBeGreaterThan(9)
    expect(column('candidatesTokenCount')[0]).toBe(0)
    expect(column('candidatesTokenCount').at(-1)).toBe(9)
    const parts = ['promptTokenCount', 'candidatesTokenCount', 'thoughtsTokenCount'].map(column)
    const sums = counts.map((_, index) => parts.reduce((sum, part) => sum + (part[index] ?? Number.NaN), 0))
    expect(column('totalTokenCount')).toEqual(sums)
  })
})
