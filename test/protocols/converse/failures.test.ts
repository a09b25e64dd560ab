import type { ServerResponse } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { TestGateway } from '../../gateway.ts'
import { readStream } from '../../sse.ts'
import { awsFrame, event, startScriptedBedrock, streamed } from './scripted-bedrock.ts'

const exception = (type: string, message: string) =>
  awsFrame({ 'message-type': 'exception', 'exception-type': type }, { message })
const word = event('contentBlockDelta', { contentBlockIndex: 0, delta: { text: 'Hello' }, p: 'abcdefg' })

interface Refusal {
  readonly status: number
  readonly type: string
  readonly message: string
}

const tooLong = 'Input is too long for requested model.'
const refusals: Readonly<Record<string, Refusal>> = {
  throttled: { status: 429, type: 'ThrottlingException', message: 'Too many tokens, please wait.' },
  quota: { status: 400, type: 'ServiceQuotaExceededException', message: 'Your request exceeds the quota.' },
  'not-ready': { status: 429, type: 'ModelNotReadyException:http://internal.amazon.com/', message: 'Not ready.' },
  'too-long': { status: 400, type: 'ValidationException', message: tooLong },
  'too-long-claude': {
    status: 400,
    type: 'ValidationException',
    message: 'The model returned the following errors: input length and `max_tokens` exceed context limit: 1 + 2 > 3',
  },
  'too-much-asked': {
    status: 400,
    type: 'ValidationException',
    message: 'The maximum tokens you requested exceeds the model limit of 4096.',
  },
  invalid: { status: 400, type: 'ValidationException', message: 'Malformed input request.' },
  'no-tool-choice': {
    status: 400,
    type: 'ValidationException',
    message: "This model doesn't support the toolConfig.toolChoice.any field.",
  },
  denied: { status: 403, type: 'AccessDeniedException', message: 'User: arn:aws:iam::1:user/secret is not authorized' },
  unrecognized: { status: 403, type: 'UnrecognizedClientException', message: 'The security token is invalid.' },
  expired: { status: 400, type: 'ExpiredTokenException', message: 'The security token is expired: secret' },
  unknown: { status: 404, type: 'ResourceNotFoundException', message: 'The model is not found.' },
  'timed-out': { status: 408, type: 'ModelTimeoutException', message: 'Too slow.' },
  'model-failed': { status: 424, type: 'ModelErrorException', message: 'The model failed.' },
  internal: { status: 500, type: 'InternalServerException', message: 'Oops.' },
  unavailable: { status: 503, type: 'ServiceUnavailableException', message: 'Later.' },
}

const streams: Readonly<Record<string, readonly Uint8Array[]>> = {
  'throttled-in-stream': [exception('throttlingException', 'Too many requests.')],
  'too-long-in-stream': [exception('validationException', tooLong)],
  'model-failed-in-stream': [exception('modelStreamErrorException', 'The model failed.')],
  'unavailable-in-stream': [exception('serviceUnavailableException', 'Later.')],
  'internal-in-stream': [exception('internalServerException', 'Oops.')],
  'new-exception': [exception('somethingNewException', 'Who knows.')],
  error: [
    awsFrame({ 'message-type': 'error', 'error-code': 'InternalFailure', 'error-message': 'The stream broke.' }, {}),
  ],
  'after-words': [event('messageStart', { role: 'assistant' }), word, exception('throttlingException', 'Too many.')],
  'cut-checksum': [word, word.subarray(0, -2)],
  'new-event': [
    event('messageStart', { role: 'assistant' }),
    event('somethingNew', { contentBlockIndex: 0 }),
    word,
    event('messageStop', { stopReason: 'end_turn' }),
  ],
}

let gateway: TestGateway
beforeAll(async () => {
  const refused = Object.entries(refusals).map(([name, { status, type, message }]) => [
    name,
    (response: ServerResponse) =>
      response
        .writeHead(status, { 'content-type': 'application/json', 'x-amzn-errortype': type })
        .end(JSON.stringify({ message })),
  ])
  const broken = Object.entries(streams).map(([name, frames]) => [
    name,
    (response: ServerResponse) => streamed(response, ...frames),
  ])
  const older = (response: ServerResponse): void => {
    const __type = 'com.amazon.coral.service#UnrecognizedClientException'
    response.writeHead(400, { 'content-type': 'application/x-amz-json-1.1' })
    response.end(JSON.stringify({ __type, message: 'The security token is invalid.' }))
  }
  gateway = await startScriptedBedrock({ ...Object.fromEntries([...refused, ...broken]), older })
})
afterAll(() => gateway.close())

describe('a refusal of Bedrock’s', () => {
  test.each([
    ['throttled', 429, 'rate_limit_exceeded', 'ThrottlingException'],
    ['quota', 429, 'rate_limit_exceeded', 'ServiceQuotaExceededException'],
    ['not-ready', 503, 'provider_overloaded', 'ModelNotReadyException'],
    ['too-long', 400, 'context_length_exceeded', 'ValidationException'],
    ['too-long-claude', 400, 'context_length_exceeded', 'ValidationException'],
    ['too-much-asked', 400, 'max_tokens_exceeded', 'ValidationException'],
    ['invalid', 400, 'invalid_request', 'ValidationException'],
    ['no-tool-choice', 400, 'invalid_request', 'ValidationException'],
    ['denied', 502, 'provider_unavailable', 'AccessDeniedException'],
    ['unrecognized', 502, 'provider_unavailable', 'UnrecognizedClientException'],
    ['expired', 502, 'provider_unavailable', 'ExpiredTokenException'],
    ['older', 502, 'provider_unavailable', 'UnrecognizedClientException'],
    ['unknown', 404, 'not_found', 'ResourceNotFoundException'],
    ['timed-out', 504, 'timeout', 'ModelTimeoutException'],
    ['model-failed', 502, 'provider_unavailable', 'ModelErrorException'],
    ['internal', 502, 'provider_unavailable', 'InternalServerException'],
    ['unavailable', 503, 'provider_overloaded', 'ServiceUnavailableException'],
  ])('%s is a %i', async (name, status, error_type, provider_code) => {
    for (const stream of [false, true]) {
      const response = await gateway.chat({ model: `test/${name}`, stream })
      expect(response.status).toBe(status)
      const { error } = Object(await response.json())
      expect(error).toMatchObject({
        code: status,
        metadata: { error_type, provider_code, provider_name: 'Bedrock House' },
      })
      expect(JSON.stringify(error)).not.toContain('secret')
    }
  })

  test('is quoted, unless it is about our credentials', async () => {
    const { error } = Object(await (await gateway.chat({ model: 'test/invalid' })).json())
    expect(error).toMatchObject({
      message: 'Malformed input request.',
      metadata: { raw: { message: 'Malformed input request.' } },
    })
    const denied = Object(await (await gateway.chat({ model: 'test/denied' })).json())
    expect(denied.error.metadata).not.toHaveProperty('raw')
  })
})

describe('an exception inside a stream', () => {
  test.each([
    ['throttled-in-stream', 429, 'throttlingException'],
    ['too-long-in-stream', 400, 'validationException'],
    ['model-failed-in-stream', 502, 'modelStreamErrorException'],
    ['unavailable-in-stream', 503, 'serviceUnavailableException'],
    ['internal-in-stream', 502, 'internalServerException'],
    ['new-exception', 502, 'somethingNewException'],
    ['error', 502, 'InternalFailure'],
  ])('%s before any token is a %i', async (name, status, provider_code) => {
    const response = await gateway.chat({ model: `test/${name}`, stream: true })
    expect(response.status).toBe(status)
    expect(await response.json()).toMatchObject({ error: { metadata: { provider_code } } })
  })

  test.each([
    ['after-words', 'throttlingException'],
    ['cut-checksum', undefined],
  ])('%s ends the answer', async (name, provider_code) => {
    const { chunks, text } = await readStream(await gateway.chat({ model: `test/${name}`, stream: true }))
    expect(text).toBe('Hello')
    expect(chunks.at(-1)?.error?.metadata?.['provider_code']).toBe(provider_code)
  })

  test('an event of an unknown type is not a failure', async () => {
    const { chunks, text, done } = await readStream(await gateway.chat({ model: 'test/new-event', stream: true }))
    expect({ text, done, error: chunks.at(-1)?.error }).toEqual({ text: 'Hello', done: true, error: undefined })
  })
})
