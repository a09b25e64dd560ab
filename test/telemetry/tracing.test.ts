import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { isChosen } from '../../src/telemetry/is-chosen.ts'
import { readTraceparent } from '../../src/canonical/trace-context.ts'
import { traceId } from '../../src/util/ids.ts'
import { behaving, startGateway, type TestGateway } from '../gateway.ts'
import { type Receiver, type ReceivedSpan, spansOf, startReceiver } from './receiver.ts'

const trace = '0af7651916cd43dd8448eb211c80319c'
const parent = 'b7ad6b7169203331'
const sampled = { traceparent: `00-${trace}-${parent}-01`, tracestate: 'vendor=abc' }
const prompt = 'a prompt that nobody may read'

describe('traces', () => {
  let receiver: Receiver
  let gateway: TestGateway
  let seen = 0
  beforeAll(async () => {
    receiver = await startReceiver()
    gateway = await startGateway({
      telemetry: {
        metrics: true,
        otlp: { endpoint: receiver.url, headers: { 'x-collector-key': 'of-the-collector' }, propagate: true },
      },
      models: { 'acme/falls-back': behaving('status-503', 'steady') },
    })
  })
  beforeEach(() => {
    seen = receiver.received.length
  })
  afterAll(async () => {
    await gateway.close()
    await receiver.close()
  })
  const next = async (): Promise<readonly ReceivedSpan[]> => {
    await receiver.until(seen + 1)
    return spansOf(receiver.received.slice(seen))
  }
  const ask = async (model: string, headers = {}): Promise<string> => {
    const reply = await gateway.chat({ model, messages: [{ role: 'user', content: prompt }] }, headers)
    await reply.text()
    return reply.headers.get('x-generation-id') ?? ''
  }

  test('a request continues the trace of its caller: request, generation and each call, one inside the other', async () => {
    const id = await ask('acme/falls-back', sampled)
    const spans = await next()
    expect(receiver.received[seen]).toMatchObject({
      method: 'POST',
      path: '/v1/traces',
      headers: { 'content-type': 'application/json', 'x-collector-key': 'of-the-collector' },
    })
    const [server, generation, failed, served] = spans
    expect(spans.every(({ traceId, service }) => traceId === trace && service === 'waygate')).toBe(true)
    expect(server).toMatchObject({
      name: 'POST /api/v1/chat/completions',
      kind: 2,
      parentSpanId: parent,
      attributes: { 'http.request.method': 'POST', 'http.response.status_code': 200, 'waygate.generation_id': id },
    })
    expect(generation).toMatchObject({
      name: 'chat acme/falls-back',
      parentSpanId: server?.spanId,
      attributes: {
        'gen_ai.operation.name': 'chat',
        'gen_ai.provider.name': 'prov-b',
        'gen_ai.request.model': 'acme/falls-back',
        'gen_ai.response.id': id,
        'gen_ai.response.finish_reasons': ['stop'],
        'waygate.attempts': spans.length - 2,
      },
    })
    expect(failed).toMatchObject({ kind: 3, parentSpanId: generation?.spanId, status: { code: 2 } })
    expect(spans.at(-1)).toMatchObject({ kind: 3, parentSpanId: generation?.spanId, status: {} })
    expect(served).toBeDefined()
    for (const { start, end } of spans) {
      expect(end).toBeGreaterThanOrEqual(start)
      expect(start).toBeGreaterThanOrEqual((server?.start ?? 0n) - 5_000_000n)
    }
    expect(new Set(spans.map(({ spanId }) => spanId)).size).toBe(spans.length)
  })

  test('an upstream is told of the trace, with the span of its own call as parent', async () => {
    await fetch(`${gateway.simulator.url}/_journal`, { method: 'DELETE' })
    await ask('acme/m1', sampled)
    const call = (await next()).find(({ kind }) => kind === 3)
    const journal = Object(await (await fetch(`${gateway.simulator.url}/_journal`)).json())
    const [entry] = Array.isArray(journal) ? journal : journal.entries
    expect(entry.headers).toMatchObject({ traceparent: `00-${trace}-${call?.spanId}-01`, tracestate: 'vendor=abc' })
  })

  test('what the caller does not record is not recorded here, and begins no trace of its own', async () => {
    await ask('acme/m1', { traceparent: `00-${trace}-${parent}-00` })
    await ask('acme/m2', sampled)
    expect((await next()).some(({ name }) => name.includes('acme/m1'))).toBe(false)
  })

  test('a refused request has a span too, and health checks have none', async () => {
    await fetch(`${gateway.url}/healthz`, { headers: sampled })
    const reply = await gateway.chat({ model: 'no/model' }, sampled)
    expect(reply.status).toBe(400)
    const spans = await next()
    expect(spans.map(({ name }) => name)).toEqual(expect.arrayContaining(['POST /api/v1/chat/completions']))
    expect(spans.some(({ name }) => name.includes('healthz'))).toBe(false)
  })

  test('server tools and plugins have spans', async () => {
    const body = {
      model: 'acme/m1',
      messages: [{ role: 'user', content: 'What time is it?' }],
      tools: [{ type: 'openrouter:datetime' }],
      plugins: [{ id: 'moderation' }],
    }
    await gateway.reload({
      telemetry: { metrics: true, otlp: { endpoint: receiver.url } },
      models: { 'acme/m1': behaving('tool-call') },
    })
    await (await gateway.chat(body)).text()
    const spans = await next()
    const names = spans.map(({ name }) => name)
    expect(names).toContain('plugin moderation')
    const tool = spans.find(({ name }) => name === 'execute_tool openrouter:datetime')
    expect(tool?.attributes).toMatchObject({ 'gen_ai.tool.name': 'openrouter:datetime' })
  })

  test('no span holds a prompt, an answer or a key, and exemplars name the trace', async () => {
    const texts = receiver.received.map(({ text }) => text).join()
    expect(texts).not.toContain(prompt)
    expect(texts).not.toContain(gateway.key)
    expect(texts).not.toMatch(/upstream-secret/)
    const metrics = await fetch(`${gateway.url}/metrics`, { headers: { accept: 'application/openmetrics-text' } })
    expect(await metrics.text()).toContain(`trace_id="${trace}"`)
    expect(gateway.log.some((line) => line.includes(`"traceId":"${trace}"`))).toBe(true)
  })
})

test('sampling is decided by the id alone, and takes about the share that was asked for', () => {
  const ids = Array.from({ length: 20_000 }, traceId)
  const chosen = ids.filter((id) => isChosen(id, 0.1))
  expect(chosen.length).toBeGreaterThan(1_700)
  expect(chosen.length).toBeLessThan(2_300)
  expect(chosen.every((id) => isChosen(id, 0.1) && isChosen(id, 0.5) && !isChosen(id, 0))).toBe(true)
  expect(ids.every((id) => isChosen(id, 1))).toBe(true)
})

test.each([
  [undefined],
  [''],
  [`00-${trace}-${parent}`],
  [`00-${trace.toUpperCase()}-${parent}-01`],
  [`ff-${trace}-${parent}-01`],
  [`00-${'0'.repeat(32)}-${parent}-01`],
  [`00-${trace}-${'0'.repeat(16)}-01`],
  [`00-${trace}-${parent}-01-more`],
  [[`00-${trace}-${parent}-01`]],
])('the parent %j is none', (header) => {
  expect(readTraceparent(header, undefined)).toBeNull()
})

test('a later version of the header is read as far as it is known', () => {
  expect(readTraceparent(`01-${trace}-${parent}-03-more`, 'a=b')).toEqual({
    traceId: trace,
    spanId: parent,
    state: 'a=b',
    isSampled: true,
  })
})
