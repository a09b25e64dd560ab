import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { behaving, startGateway, type TestGateway } from '../gateway.ts'
import { useVirtualTime } from '../virtual-time.ts'
import { at, called, readJson, refusal, sent } from './exchange.ts'

useVirtualTime()

/** A model whose name lists its behaviours. */
const named = (...behaviours: readonly string[]) =>
  [`acme/${behaviours.join('-then-')}`.replaceAll('+', '-and-'), behaving(...behaviours)] as const

const windowed = (provider: string, model: string, context_length: number) => ({ provider, model, context_length })

const oneAttempt: readonly (readonly [string, number, string])[] = [
  ['status-500', 502, 'provider_unavailable'],
  ['status-502', 502, 'provider_unavailable'],
  ['status-503', 503, 'provider_overloaded'],
  ['status-504', 504, 'timeout'],
  ['status-524', 504, 'timeout'],
  ['status-529', 529, 'provider_overloaded'],
  ['status-401', 502, 'provider_unavailable'],
  ['status-402', 502, 'provider_unavailable'],
  ['status-403', 502, 'provider_unavailable'],
  ['status-404', 404, 'not_found'],
  ['status-408', 504, 'timeout'],
  ['status-429', 429, 'rate_limit_exceeded'],
  ['status-400', 400, 'invalid_request'],
  ['status-413', 413, 'payload_too_large'],
  ['status-422', 422, 'unprocessable'],
  ['context-length', 400, 'context_length_exceeded'],
  ['content-filter', 400, 'content_policy_violation'],
  ['reset', 502, 'provider_unavailable'],
  ['cut-after-3', 502, 'provider_unavailable'],
  ['eof-after-3', 502, 'provider_unavailable'],
  ['error-in-200', 502, 'provider_unavailable'],
  ['malformed-after-0', 502, 'provider_unavailable'],
  ['empty', 502, 'provider_unavailable'],
]

/** One model for each test, because an endpoint that fails is avoided for a while, and refused credentials for longer. */
let gateway: TestGateway
beforeEach(async () => {
  gateway = await startGateway({
    timeouts: { first_token_ms: 600 },
    models: Object.fromEntries([
      ...oneAttempt.map(([behaviour]) => named(behaviour)),
      named('blackhole'),
      named('status-429+retry-after-30'),
      named('status-503+retry-after-7'),
      named('status-429+retry-after-30', 'status-429+retry-after-20'),
      named('status-429+retry-after-30', 'status-429'),
      named('status-429', 'status-429', 'status-429'),
      named('status-503', 'status-502'),
      named('status-503+retry-after-9', 'reset', 'status-504'),
      named('status-529', 'status-529'),
      named('status-404', 'status-404'),
      named('status-401', 'status-401'),
      named('status-429', 'status-503'),
      named('status-503', 'status-429'),
      named('status-404', 'status-429'),
      named('status-503', 'status-404'),
      named('status-401', 'steady'),
      named('status-402', 'steady'),
      named('status-403', 'steady'),
      named('status-404', 'steady'),
      named('status-400', 'steady'),
      named('status-422', 'steady'),
      named('content-filter', 'steady'),
      ['acme/tight', { context_length: 8192, ...behaving('context-length') }],
      ['acme/tight-too', { context_length: 8192, ...behaving('steady') }],
      [
        'acme/widening',
        {
          endpoints: [
            windowed('prov-a', 'context-length', 1000),
            windowed('prov-b', 'steady', 1000),
            windowed('prov-c', 'steady', 2000),
          ],
        },
      ],
      named('first-1-status-500', 'steady'),
    ]),
  })
})
afterEach(() => gateway.close())

const fails = (model: string, status: number) => refusal(gateway.chat({ model: `acme/${model}` }), status)

describe('contract §5.5: a single attempt keeps its own status', () => {
  test.each(oneAttempt)('%s: %i %s', async (behaviour, status, type) => {
    const reply = gateway.chat({ model: `acme/${behaviour}` })
    const error = await refusal(reply, status)
    expect(error).toMatchObject({
      error_type: type,
      http_status: status,
      metadata: { error_type: type, provider_name: 'Prov A' },
    })
    expect(error['metadata']).not.toHaveProperty('previous_errors')
    const { headers } = await reply
    expect(headers.get('x-generation-id')).toMatch(/^gen-\d+-[A-Za-z0-9]{20}$/)
    expect(JSON.stringify(error)).not.toMatch(/upstream-secret|sk-or-v1/)
    expect(new Set(called(gateway))).toEqual(new Set(['prov-a']))
  })

  test('blackhole, streamed: 504 timeout', async () => {
    const error = await refusal(gateway.chat({ model: 'acme/blackhole', stream: true }), 504)
    expect(error).toMatchObject({ error_type: 'timeout', metadata: { provider_name: 'Prov A' } })
  })

  test('an upstream error shows its own message and code', async () => {
    const error = await fails('status-422', 422)
    expect(error['metadata']).toMatchObject({ provider_code: 'invalid_request_error', raw: expect.anything() })
    expect(JSON.stringify(at(error, 'metadata', 'raw'))).toContain('The simulator was asked to answer with status 422.')
    expect(error['message']).toContain('The simulator was asked to answer with status 422.')
  })

  test.each(['status-401', 'status-402', 'status-403'])(
    '%s does not mention the gateway’s credentials',
    async (behaviour) => {
      const error = await fails(behaviour, 502)
      expect(error['metadata']).not.toHaveProperty('raw')
      expect(error).not.toHaveProperty('availability')
    },
  )
})

describe('contract §5.5: several attempts', () => {
  test.each([
    ['status-429-then-status-429-then-status-429', 429, 'rate_limit_exceeded', 'capacity_exhausted', true],
    ['status-503-then-status-502', 503, 'provider_overloaded', 'temporarily_unavailable', true],
    [
      'status-503-and-retry-after-9-then-reset-then-status-504',
      503,
      'provider_overloaded',
      'temporarily_unavailable',
      true,
    ],
    ['status-529-then-status-529', 503, 'provider_overloaded', 'temporarily_unavailable', true],
    ['status-404-then-status-404', 404, 'not_found', 'model_unavailable_upstream', false],
  ])('%s: %i %s %s', async (model, status, type, code, retryable) => {
    const error = await fails(model, status)
    const providers = model.split('-then-').map((_, index) => `prov-${'abc'[index]}`)
    expect(error).toMatchObject({
      error_type: type,
      metadata: { error_type: type },
      availability: {
        code,
        retryable,
        requested_models: [`acme/${model}`],
        affected_providers: providers,
        docs_url: expect.stringContaining(code),
      },
    })
    expect(at(error, 'metadata', 'previous_errors')).toHaveLength(providers.length - 1)
    expect([...new Set(called(gateway))]).toEqual(providers)
  })

  test.each([
    ['status-429-then-status-503', 503, 'provider_overloaded'],
    ['status-503-then-status-429', 429, 'rate_limit_exceeded'],
    ['status-404-then-status-429', 429, 'rate_limit_exceeded'],
    ['status-503-then-status-404', 404, 'not_found'],
  ])('mixed, the last attempt decides: %s: %i %s', async (model, status, type) => {
    const error = await fails(model, status)
    expect(error['error_type']).toBe(type)
    expect(error).not.toHaveProperty('availability')
  })

  test('credentials refused everywhere is still a bad gateway, and nothing that waiting would mend', async () => {
    const error = await fails('status-401-then-status-401', 502)
    expect(error['error_type']).toBe('provider_unavailable')
    expect(error).not.toHaveProperty('availability')
  })

  test('previous_errors is slim', async () => {
    const error = await fails('status-429-then-status-503', 503)
    expect(at(error, 'metadata', 'previous_errors')).toEqual([{ provider: 'Prov A', code: 429, status: 429 }])
  })

  test.each(['status-401', 'status-402', 'status-403', 'status-404'])(
    '%s is followed by the next endpoint',
    async (behaviour) => {
      const { status, body } = await readJson(gateway.chat({ model: `acme/${behaviour}-then-steady` }))
      expect({ status, provider: body['provider'] }).toEqual({ status: 200, provider: 'Prov B' })
    },
  )

  test.each([
    ['status-400', 400],
    ['status-422', 422],
    ['content-filter', 400],
  ])('%s: the same model elsewhere is not tried, another model is', async (behaviour, status) => {
    await fails(`${behaviour}-then-steady`, status)
    expect(called(gateway)).toEqual(['prov-a'])
    const { body } = await readJson(gateway.chat({ model: `acme/${behaviour}-then-steady`, models: ['acme/m2'] }))
    expect(body).toMatchObject({ model: 'acme/m2', provider: 'Prov B' })
    expect(sent(gateway)['model']).toBe('steady')
    expect(called(gateway)).toEqual(['prov-a', 'prov-a', 'prov-b'])
  })

  test('a prompt that is too long goes on to a larger window of the same model, and to other models of any size', async () => {
    const { body } = await readJson(gateway.chat({ model: 'acme/widening' }))
    expect({ provider: body['provider'], called: called(gateway) }).toEqual({
      provider: 'Prov C',
      called: ['prov-a', 'prov-c'],
    })
    const { body: other } = await readJson(gateway.chat({ model: 'acme/tight', models: ['acme/tight-too'] }))
    expect(other['model']).toBe('acme/tight-too')
  })

  test('any error of a model leads to the next model', async () => {
    for (const first of ['acme/status-429', 'acme/content-filter', 'acme/context-length', 'acme/status-503']) {
      const { body } = await readJson(gateway.chat({ model: first, models: ['acme/m2'] }))
      expect({ first, model: body['model'] }).toEqual({ first, model: 'acme/m2' })
    }
  })
})

describe('Retry-After', () => {
  test.each([
    ['status-429-and-retry-after-30', 429, 30],
    ['status-503-and-retry-after-7', 503, 7],
    ['status-429-and-retry-after-30-then-status-429-and-retry-after-20', 429, 20],
    ['status-429-and-retry-after-30-then-status-429', 429, 30],
    ['status-503-and-retry-after-9-then-reset-then-status-504', 503, 9],
  ])('%s: %i after %i s', async (model, status, seconds) => {
    const reply = gateway.chat({ model: `acme/${model}` })
    const error = await refusal(reply, status)
    expect((await reply).headers.get('retry-after')).toBe(String(seconds))
    const availability = error['availability']
    if (availability !== undefined) expect(at(availability, 'retry_after')).toBe(seconds)
  })

  test('none where no provider gave a hint', async () => {
    const reply = gateway.chat({ model: 'acme/status-429' })
    const error = await refusal(reply, 429)
    expect((await reply).headers.has('retry-after')).toBe(false)
    expect(error['availability']).not.toHaveProperty('retry_after')
  })

  test('a gateway error of an upstream carries no rate-limit headers of ours', async () => {
    const { headers } = await gateway.chat({ model: 'acme/status-429' })
    expect([...headers.keys()].filter((name) => name.startsWith('x-ratelimit'))).toEqual([])
  })
})

test('a stray 500 is tried once more where it happened', async () => {
  const { body } = await readJson(gateway.chat({ model: 'acme/first-1-status-500-then-steady' }))
  expect(body['provider']).toBe('Prov A')
  expect(called(gateway)).toEqual(['prov-a', 'prov-a'])
})
