import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { simulatedText } from '../../src/simulator/simulated-text.ts'
import { behaving, startGateway, type TestGateway } from '../gateway.ts'
import { useVirtualTime } from '../virtual-time.ts'
import { holding, openStream } from './stream-exchange.ts'

useVirtualTime()

/** A gateway that sends its first comment early. */
let eager: TestGateway
beforeAll(async () => {
  eager = await startGateway({
    keepalive_ms: 100,
    models: {
      'acme/slow': behaving('slow-first-token-400'),
      'acme/slow-then-down': behaving('slow-first-token-400+status-503'),
      'acme/slow-then-limited': behaving('slow-first-token-400+status-429+retry-after-30'),
      'acme/slow-then-other': behaving('slow-first-token-400+status-503', 'steady'),
    },
  })
})
afterAll(() => eager.close())

describe('contract row 29: keep-alive comments', () => {
  test('while the upstream is slow', async () => {
    const { comments, text, chunks } = await openStream(eager, 'acme/slow')
    expect(comments.length).toBeGreaterThan(0)
    expect(new Set(comments)).toEqual(new Set(['OPENROUTER PROCESSING']))
    expect(text).toBe(simulatedText(12))
    expect(chunks.at(-1)?.usage).toBeDefined()
  })

  test('come before the first token, at their time', async () => {
    const began = performance.now()
    const reply = await eager.chat({ model: 'acme/slow', stream: true })
    const headersAfter = performance.now() - began
    expect(headersAfter).toBeGreaterThanOrEqual(100)
    expect(headersAfter).toBeLessThan(150)
    expect((await reply.text()).startsWith(': OPENROUTER PROCESSING\n\n')).toBe(true)
  })

  test('none when the upstream is quick', async () => {
    expect((await openStream(eager, 'acme/m1')).comments).toEqual([])
  })

  test('after them another endpoint may still answer', async () => {
    const { chunks, comments, text } = await openStream(eager, 'acme/slow-then-other')
    expect(comments.length).toBeGreaterThan(0)
    expect(text).toBe(simulatedText(12))
    expect(holding(chunks, 'error')).toBe(-1)
    expect(chunks[0]?.provider).toBe('Prov B')
  })

  test('after comments a failure comes inside the stream', async () => {
    const { chunks, comments } = await openStream(eager, 'acme/slow-then-down')
    expect(comments.length).toBeGreaterThan(0)
    expect(chunks).toHaveLength(1)
    expect(chunks[0]).toMatchObject({
      error: { code: 503, metadata: { error_type: 'provider_overloaded' } },
      choices: [{ index: 0, delta: { content: '' }, finish_reason: 'error' }],
    })
  })
})

test('contract row 29, §4.4: a rate limit inside a stream has the same information as outside', async () => {
  const { chunks } = await openStream(eager, 'acme/slow-then-limited')
  expect(chunks).toMatchObject([
    {
      model: 'acme/slow-then-limited',
      error: {
        code: 429,
        metadata: { error_type: 'rate_limit_exceeded' },
        availability: {
          code: 'capacity_exhausted',
          retryable: true,
          retry_after: 30,
          requested_models: ['acme/slow-then-limited'],
        },
      },
    },
  ])
})
