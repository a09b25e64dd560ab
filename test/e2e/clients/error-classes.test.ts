import Anthropic, { APIError as AnthropicError } from '@anthropic-ai/sdk'
import OpenAI, { APIError } from 'openai'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { behaving, startGateway, type TestGateway, testKey } from '../../gateway.ts'

/* Each refusal is an error of the class that the vendor's own SDK has for it, in the vendor's own envelope, whole and streamed. */

const keys = {
  spent: 'sk-or-v1-test-key-that-is-spent',
  hasty: 'sk-or-v1-test-key-of-one-request-a-minute',
  poor: 'sk-or-v1-test-key-of-an-account-without-credits',
}
const admin = 'sk-or-v1-test-management-key'

let gateway: TestGateway
beforeAll(async () => {
  gateway = await startGateway({
    keys: [
      { name: 'test', key: testKey },
      { name: 'spent', key: keys.spent, limit: 0.0000001 },
      { name: 'hasty', key: keys.hasty, requests_per_minute: 1 },
      { name: 'poor', key: keys.poor, account: 'poor' },
      { name: 'admin', key: admin, account: 'poor', management: true },
    ],
    models: {
      'sim/busy': behaving('status-429+retry-after-7'),
      'sim/down': behaving('status-503'),
      'sim/full': behaving('status-529'),
    },
    limits: { body_mb: 1 },
  })
  const added = await gateway.post(
    '/api/v1/waygate/credits',
    { amount: 0.000001 },
    { authorization: `Bearer ${admin}` },
  )
  expect(added.status).toBeLessThan(300)
})
afterAll(() => gateway.close())

interface Refusal {
  readonly name: string
  readonly key?: string
  readonly model?: string
  readonly text?: string
  readonly status: number
  /** The class in each SDK, and the type in Anthropic's envelope. */
  readonly messages: readonly [className: string, type: string]
  readonly responses: string
  readonly headers?: readonly string[]
}

const refusals: readonly Refusal[] = [
  {
    name: '400',
    model: 'nobody/none',
    status: 400,
    messages: ['BadRequestError', 'invalid_request_error'],
    responses: 'BadRequestError',
  },
  {
    name: '401',
    key: 'sk-or-v1-nobody',
    status: 401,
    messages: ['AuthenticationError', 'authentication_error'],
    responses: 'AuthenticationError',
  },
  {
    name: '402',
    key: keys.poor,
    status: 402,
    messages: ['PaymentRequiredError', 'billing_error'],
    responses: 'APIError',
  },
  {
    name: '403',
    key: keys.spent,
    status: 403,
    messages: ['PermissionDeniedError', 'permission_error'],
    responses: 'PermissionDeniedError',
  },
  {
    name: '404',
    model: '@preset/none',
    status: 404,
    messages: ['NotFoundError', 'not_found_error'],
    responses: 'NotFoundError',
  },
  {
    name: '413',
    text: 'x'.repeat(1_100_000),
    status: 413,
    messages: ['ContentTooLargeError', 'invalid_request_error'],
    responses: 'APIError',
  },
  {
    name: '429 of the key',
    key: keys.hasty,
    status: 429,
    messages: ['RateLimitError', 'rate_limit_error'],
    responses: 'RateLimitError',
    headers: ['retry-after', 'x-ratelimit-limit', 'x-ratelimit-remaining', 'x-ratelimit-reset'],
  },
  {
    name: '429 of the provider',
    model: 'sim/busy',
    status: 429,
    messages: ['RateLimitError', 'rate_limit_error'],
    responses: 'RateLimitError',
    headers: ['retry-after'],
  },
  {
    name: '503',
    model: 'sim/down',
    status: 503,
    messages: ['ServiceUnavailableError', 'overloaded_error'],
    responses: 'InternalServerError',
  },
  {
    name: '529',
    model: 'sim/full',
    status: 529,
    messages: ['OverloadedError', 'overloaded_error'],
    responses: 'InternalServerError',
  },
]

describe.each(refusals)(
  '$name',
  ({ key = testKey, model = 'acme/m1', text = 'Hello', status, messages, responses, headers = [] }) => {
    const read = async (events: AsyncIterable<unknown>): Promise<void> => {
      for await (const _ of events);
    }
    const refused = async (call: () => Promise<unknown>): Promise<unknown> => {
      // The key of one request a minute has none left.
      if (key === keys.hasty) await gateway.chat({}, { authorization: `Bearer ${key}` })
      return call().then(
        () => expect.fail('It was not refused.'),
        (error: unknown) => error,
      )
    }

    test.each([false, true])('/messages, stream: %s', async (stream) => {
      const client = new Anthropic({ apiKey: key, baseURL: `${gateway.url}/api`, maxRetries: 0 })
      const asked = { model, max_tokens: 100, messages: [{ role: 'user' as const, content: text }] }
      const error = await refused(async () => {
        if (!stream) return client.messages.create(asked)
        return read(await client.messages.create({ ...asked, stream: true }))
      })
      expect(error).toBeInstanceOf(AnthropicError)
      const [className, type] = messages
      expect(Object(error).constructor.name).toBe(className)
      expect(error).toMatchObject({ status, error: { type: 'error', error: { type, message: expect.any(String) } } })
      for (const name of headers) expect(Object(error).headers.get(name), name).not.toBeNull()
    })

    test.each([false, true])('/responses, stream: %s', async (stream) => {
      const client = new OpenAI({ apiKey: key, baseURL: `${gateway.url}/api/v1`, maxRetries: 0 })
      const asked = { model, input: text }
      const error = await refused(async () => {
        if (!stream) return client.responses.create(asked)
        return read(await client.responses.create({ ...asked, stream: true }))
      })
      expect(error).toBeInstanceOf(APIError)
      expect(Object(error).constructor.name).toBe(responses)
      expect(error).toMatchObject({ status, error: { code: status, message: expect.any(String) } })
      for (const name of headers) expect(Object(error).headers.get(name), name).not.toBeNull()
    })
  },
)
