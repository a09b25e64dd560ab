import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { simulatedText } from '../../../src/simulator/simulated-text.ts'
import { readStream } from '../../sse.ts'
import { type ClaudeGateway, startClaudeGateway } from './claude-gateway.ts'
import { type Scripted, startScripted } from './scripted-claude.ts'

const behaviours = [
  'status-401',
  'status-404',
  'status-413',
  'status-429',
  'status-500',
  'status-529',
  'retry-after-7',
  'cut-after-2',
  'eof-after-2',
  'no-done',
  'no-finish',
  'malformed-after-2',
  'error-after-2',
  'error-in-200',
  'empty',
  'no-prefill',
] as const
let gateway: ClaudeGateway
beforeAll(async () => {
  gateway = await startClaudeGateway(Object.fromEntries(behaviours.map((name) => [`acme/${name}`, { model: name }])))
})
afterAll(() => gateway.close())
beforeEach(() => gateway.claude.clearJournal())

type Behaviour = (typeof behaviours)[number]
const ask = (behaviour: Behaviour, more: object = {}) => gateway.chat({ model: `acme/${behaviour}`, ...more })

describe('before an answer', () => {
  test.each<[Behaviour, number, string]>([
    ['status-401', 502, 'authentication_error'],
    ['status-404', 404, 'not_found_error'],
    ['status-413', 413, 'request_too_large'],
    ['status-429', 429, 'rate_limit_error'],
    ['status-500', 502, 'api_error'],
    ['status-529', 529, 'overloaded_error'],
  ])('%s is answered with %i', async (behaviour, status, code) => {
    for (const stream of [false, true]) {
      const response = await ask(behaviour, { stream })
      expect(response.status).toBe(status)
      expect(await response.json()).toMatchObject({ error: { metadata: { provider_code: code } } })
    }
  })

  test('how long to wait is passed on', async () => {
    expect((await ask('retry-after-7')).headers.get('retry-after')).toBe('7')
  })

  test('an error event before any content is a status', async () => {
    const response = await ask('error-in-200', { stream: true })
    expect(response.status).toBe(502)
    expect(await response.json()).toMatchObject({ error: { metadata: { provider_code: 'api_error' } } })
  })

  test('an answer without any text', async () => {
    for (const stream of [false, true]) expect((await ask('empty', { stream })).status).toBeGreaterThanOrEqual(500)
  })

  test('a model that continues nothing', async () => {
    const messages = [
      { role: 'user', content: 'hi' },
      { role: 'assistant', content: 'The' },
    ]
    const response = await ask('no-prefill', { messages })
    expect(response.status).toBe(400)
  })
})

describe('in the middle of an answer', () => {
  test.each<[Behaviour]>([['cut-after-2'], ['eof-after-2'], ['malformed-after-2'], ['error-after-2']])(
    '%s: what came is kept, and the end is an error',
    async (behaviour) => {
      const { chunks, text } = await readStream(await ask(behaviour, { stream: true }))
      expect(text).toBe(simulatedText(2))
      expect(chunks.at(-1)).toMatchObject({ error: { code: 502 }, choices: [{ finish_reason: 'error' }] })
    },
  )

  test.each<[Behaviour]>([['no-done'], ['no-finish']])(
    '%s: a stream without its end is no success',
    async (behaviour) => {
      const { chunks, text } = await readStream(await ask(behaviour, { stream: true }))
      expect(text).toBe(simulatedText(12))
      expect(chunks.at(-1)).toMatchObject({ choices: [{ finish_reason: 'error' }] })
    },
  )
})

describe('Anthropic’s own errors', () => {
  const words = [
    [
      400,
      'invalid_request_error',
      'prompt is too long: 210000 tokens > 200000 maximum',
      'context_length_exceeded',
      400,
    ],
    [
      400,
      'invalid_request_error',
      'input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000',
      'context_length_exceeded',
      400,
    ],
    [
      400,
      'invalid_request_error',
      'max_tokens: 100000 > 64000, which is the maximum allowed number of output tokens for claude',
      'max_tokens_exceeded',
      400,
    ],
    [
      400,
      'invalid_request_error',
      'Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing.',
      'provider_unavailable',
      502,
    ],
    [413, 'request_too_large', 'Request exceeds the maximum size', 'payload_too_large', 413],
  ] as const

  let scripted: Scripted
  beforeAll(async () => {
    scripted = await startScripted()
  })
  afterAll(() => scripted.close())

  test.each(words)('%i %s: %s', async (status, type, message, kind, answered) => {
    scripted.say(JSON.stringify({ type: 'error', error: { type, message } }), status)
    const response = await scripted.chat({})
    expect(response.status).toBe(answered)
    expect(await response.json()).toMatchObject({ error: { error_type: kind } })
  })
})
