import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { asNumber, at, called, calls, generation, readJson, refusal, sent } from '../acceptance/exchange.ts'
import { startGateway, testKey, type TestGateway } from '../gateway.ts'
import { listen } from '../listen.ts'
import { readStream } from '../sse.ts'

const limited = 'sk-or-v1-test-key-with-a-limit'
const headers = { authorization: `Bearer ${limited}` }
/** Each answer costs 0.002 USD exactly. */
const priced = { provider: 'prov-a', model: 'usage-1000-500', pricing: { prompt: 1, completion: 2 } }
const models = {
  'acme/priced': { endpoints: [priced] },
  'acme/gratis': { endpoints: [{ provider: 'prov-a', model: 'steady', pricing: {} }] },
  'acme/two': {
    endpoints: [
      { provider: 'prov-a', model: 'steady', pricing: { prompt: 1, completion: 100 } },
      { provider: 'prov-b', model: 'steady', pricing: { prompt: 1, completion: 1 } },
    ],
  },
  'acme/long': { endpoints: [{ provider: 'prov-a', model: 'tokens-5000', pricing: { prompt: 1, completion: 100 } }] },
  'acme/known': {
    endpoints: [
      { provider: 'prov-a', model: 'steady', pricing: { prompt: 1, completion: 2 }, max_completion_tokens: 4096 },
    ],
  },
}

let directory: string
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'waygate-limits-'))
})
afterEach(() => rm(directory, { recursive: true }))

/** Starts a gateway on the database of the test. */
async function started(key: object, more: object = {}): Promise<TestGateway> {
  const gateway = await startGateway({
    storage: { url: `sqlite:${join(directory, 'waygate.db')}` },
    keys: [
      { name: 'limited', key: limited, ...key },
      { name: 'test', key: testKey },
    ],
    models,
    ...more,
  })
  let closing: Promise<void> | null = null
  const close = (): Promise<void> => (closing ??= gateway.close())
  onTestFinished(close)
  return { ...gateway, close }
}

/** Starts a provider that answers its first call when it is told to, and all others at once. Each answer costs 0.002 USD. */
async function startPatientUpstream() {
  const called = Promise.withResolvers<void>()
  const told = Promise.withResolvers<void>()
  let calls = 0
  const server = createServer(async (request, response) => {
    for await (const _ of request);
    calls += 1
    called.resolve()
    if (calls === 1) await told.promise
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(
      JSON.stringify({
        choices: [{ index: 0, message: { role: 'assistant', content: 'Hello.' }, finish_reason: 'stop' }],
        usage: { prompt_tokens: 1000, completion_tokens: 500, total_tokens: 1500 },
      }),
    )
  })
  const origin = await listen(server)
  return { url: `${origin}/v1`, called: called.promise, answer: told.resolve }
}

const keyOf = async (gateway: TestGateway) => Object((await readJson(gateway.get('/api/v1/key', headers))).body['data'])

describe('contract row 62: the limit of a key', () => {
  test('that is spent to the last nano-USD refuses everything, free models too', async () => {
    const gateway = await started({ limit: 0.002 })
    expect((await gateway.chat({ model: 'acme/priced', max_tokens: 500 }, headers)).status).toBe(200)
    expect(await keyOf(gateway)).toMatchObject({ limit: 0.002, limit_remaining: 0, usage: 0.002 })
    gateway.simulator.clearJournal()
    for (const model of ['acme/priced', 'acme/gratis']) {
      for (const stream of [false, true]) {
        const error = await refusal(gateway.chat({ model, stream }, headers), 403)
        expect(error['message']).toMatch(/^Key limit exceeded \(total limit\)/)
        expect(error['metadata']).toMatchObject({ error_type: 'permission_denied', limit_source: 'key_limit' })
      }
    }
    expect(calls(gateway)).toEqual([])
    expect((await gateway.chat({ model: 'acme/gratis' })).status).toBe(200)
  })

  test('that has a little left permits free models', async () => {
    const gateway = await started({ limit: 0.003 })
    expect((await gateway.chat({ model: 'acme/priced', max_tokens: 500 }, headers)).status).toBe(200)
    expect((await gateway.chat({ model: 'acme/priced', max_tokens: 500 }, headers)).status).toBe(403)
    expect((await gateway.chat({ model: 'acme/gratis', max_tokens: 500 }, headers)).status).toBe(200)
  })

  test('remembers what was spent before a restart', async () => {
    const before = await started({ limit: 0.005 })
    for (let call = 0; call < 2; call++) {
      expect((await before.chat({ model: 'acme/priced', max_tokens: 500 }, headers)).status).toBe(200)
    }
    await before.close()
    const after = await started({ limit: 0.005 })
    await refusal(after.chat({ model: 'acme/priced', max_tokens: 500 }, headers), 403)
    expect(calls(after)).toEqual([])
    expect(await keyOf(after)).toMatchObject({ usage: 0.004, limit_remaining: 0.001 })
  })

  test('says how many tokens can be afforded, and that many can', async () => {
    const gateway = await started({ limit: 0.001 })
    for (const stream of [false, true]) {
      const error = await refusal(gateway.chat({ model: 'acme/known', max_tokens: 4000, stream }, headers), 403)
      const [, requested, affordable] =
        /requested up to (\d+) tokens, but can only afford (\d+)\./.exec(String(error['message'])) ?? []
      expect(Number(requested)).toBe(4000)
      expect(Number(affordable)).toBeGreaterThan(450)
      expect(Number(affordable)).toBeLessThan(500)
      expect(calls(gateway)).toEqual([])
      expect(
        (
          await refusal(gateway.chat({ model: 'acme/known', max_tokens: Number(affordable) + 1, stream }, headers), 403)
        )['message'],
      ).toContain(`can only afford ${affordable}.`)
      const within = await gateway.chat({ model: 'acme/known', max_tokens: Number(affordable) - 15, stream }, headers)
      expect(within.status).toBe(200)
      await within.text()
      gateway.simulator.clearJournal()
    }
  })

  test('passes over a candidate that it does not cover', async () => {
    const gateway = await started({ limit: 0.01 })
    const body = { model: 'acme/two', max_tokens: 1000, provider: { order: ['prov-a', 'prov-b'] } }
    const reply = await readJson(gateway.chat(body, { ...headers, 'x-openrouter-metadata': 'enabled' }))
    expect(reply).toMatchObject({ status: 200, body: { provider: 'Prov B' } })
    expect(called(gateway)).toEqual(['prov-b'])
    expect((await readJson(gateway.chat(body))).body['provider']).toBe('Prov A')
  })

  test('is told where the candidates that it covers fail', async () => {
    const gateway = await started(
      { limit: 0.01 },
      {
        models: {
          'acme/fails': {
            endpoints: [
              { provider: 'prov-b', model: 'status-503', pricing: { prompt: 1, completion: 1 } },
              { provider: 'prov-a', model: 'steady', pricing: { prompt: 1, completion: 100 } },
            ],
          },
        },
      },
    )
    const { status, body } = await readJson(gateway.chat({ model: 'acme/fails', max_tokens: 1000 }, headers))
    expect(status).toBe(503)
    expect(at(body, 'error', 'message')).toContain('what is left of the limit does not pay for them')
    expect(called(gateway)).not.toContain('prov-a')
  })

  test('limits the whole answer to what it can pay, where the client set no limit', async () => {
    const gateway = await started({ limit: 0.001 })
    const reply = await readJson(
      gateway.chat({ model: 'acme/known' }, { ...headers, 'x-openrouter-metadata': 'enabled' }),
    )
    expect(reply.status).toBe(200)
    expect(at(reply.body, 'openrouter_metadata', 'pipeline')).toMatchObject([
      { type: 'affordable_max_tokens', data: { sent: sent(gateway)['max_tokens'] } },
    ])
    expect(sent(gateway)['max_tokens']).toBeGreaterThan(450)
    expect(sent(gateway)['max_tokens']).toBeLessThan(500)
    expect((await gateway.chat({ model: 'acme/known' })).status).toBe(200)
    expect(sent(gateway)).not.toHaveProperty('max_tokens')
  })

  test('ends a stream that becomes longer than it can pay, in the stream, and is charged for what came', async () => {
    const gateway = await started({ limit: 0.1 })
    const reply = await gateway.chat({ model: 'acme/long', stream: true }, headers)
    expect(reply.status).toBe(200)
    const { chunks, done, text } = await readStream(reply)
    expect(done).toBe(true)
    expect(chunks.at(-1)?.error).toMatchObject({ code: 403, metadata: { limit_source: 'key_limit' } })
    expect(chunks.at(-1)?.error?.message).toMatch(/^Key limit exceeded \(total limit\): the answer ends here/)
    expect(text.length).toBeGreaterThan(1_500)
    const record = await generation(gateway, reply.headers.get('x-generation-id'))
    expect(record).toMatchObject({ cancelled: false })
    const { usage } = await keyOf(gateway)
    expect(usage).toBe(record['total_cost'])
    expect(usage).toBeGreaterThan(0.05)
    expect(usage).toBeLessThanOrEqual(0.1)
    // The upstream was told to stop.
    await expect.poll(() => gateway.simulator.journal()[0]?.closedBy).toBe('client')
    expect((await readStream(await gateway.chat({ model: 'acme/long', stream: true }))).text.length).toBeGreaterThan(
      20_000,
    )
  })

  test('raises what a stream holds while it grows, as long as there is something left', async () => {
    const gateway = await started({ limit: 2 })
    const { chunks, text } = await readStream(await gateway.chat({ model: 'acme/long', stream: true }, headers))
    expect(chunks.at(-1)?.error).toBeUndefined()
    expect(text.length).toBeGreaterThan(20_000)
    // 5,000 tokens of an answer, whose estimate is nearly twice as much.
    expect((await keyOf(gateway)).usage).toBeCloseTo(0.5, 3)
  })
})

describe('contract §6.18: a limit that begins anew', () => {
  const noon = Date.UTC(2026, 10, 25, 12)
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['Date'], now: noon })
    onTestFinished(() => void vi.useRealTimers())
  })

  test.each([
    ['daily', Date.UTC(2026, 10, 26)],
    // The 25th is a Wednesday.
    ['weekly', Date.UTC(2026, 10, 30)],
    ['monthly', Date.UTC(2026, 11, 1)],
  ])('%s', async (reset, next) => {
    const gateway = await started({ limit: 0.003, limit_reset: reset })
    const ask = () => gateway.chat({ model: 'acme/priced', max_tokens: 500 }, headers)
    expect((await ask()).status).toBe(200)
    const error = await refusal(ask(), 403)
    expect(error['message']).toContain(`Key limit exceeded (${reset} limit)`)
    expect(await keyOf(gateway)).toMatchObject({
      limit_reset: reset,
      limit_remaining: 0.001,
      budgets: [
        { scope: 'key_limit', reset_interval: reset, resets_at: new Date(next).toISOString(), spend_usd: 0.002 },
      ],
    })
    vi.setSystemTime(next - 1)
    await refusal(ask(), 403)
    vi.setSystemTime(next)
    expect((await ask()).status).toBe(200)
    await refusal(ask(), 403)
    expect(await keyOf(gateway)).toMatchObject({ limit_remaining: 0.001, usage: 0.004 })
    await gateway.close()
    const restarted = await started({ limit: 0.003, limit_reset: reset })
    await refusal(restarted.chat({ model: 'acme/priced', max_tokens: 500 }, headers), 403)
  })

  test('counts a request to the period in which it arrived', async () => {
    const midnight = Date.UTC(2026, 10, 26)
    const upstream = await startPatientUpstream()
    const provider = { base_url: upstream.url, api_key: 'k' }
    const gateway = await started(
      { limit: 0.005, limit_reset: 'daily' },
      { providers: { 'prov-a': provider, 'prov-b': provider, 'prov-c': provider } },
    )
    vi.setSystemTime(midnight - 1)
    const late = gateway.chat({ model: 'acme/priced', max_tokens: 500 }, headers)
    // `expect.poll` would move the clock on.
    await upstream.called
    vi.setSystemTime(midnight)
    expect((await gateway.chat({ model: 'acme/priced', max_tokens: 500 }, headers)).status).toBe(200)
    upstream.answer()
    expect((await late).status).toBe(200)
    expect((await gateway.chat({ model: 'acme/priced', max_tokens: 500 }, headers)).status).toBe(200)
    await refusal(gateway.chat({ model: 'acme/priced', max_tokens: 500 }, headers), 403)
    expect(asNumber((await keyOf(gateway)).usage_daily)).toBe(0.004)
  })
})
