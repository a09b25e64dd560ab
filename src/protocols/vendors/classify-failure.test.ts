import { describe, expect, test } from 'vitest'
import { classifyFailure, classifySaid } from './classify-failure.ts'

const receivedAt = Date.UTC(2026, 10, 28, 12, 0, 0)
const classify = (status: number, body: unknown, headers: Record<string, string> = {}) =>
  classifyFailure({ status, headers, body, receivedAt }, 'Acme')

describe('how long to wait', () => {
  const afterMs = (headers: Record<string, string>, body: unknown = null, status = 429): number | undefined =>
    classify(status, body, headers).retry.afterMs

  test('a time of day is counted from when the reply came', () => {
    expect(afterMs({ 'retry-after': 'Sat, 28 Nov 2026 12:00:30 GMT' })).toBe(30_000)
    expect(afterMs({ 'retry-after': 'Sat, 28 Nov 2026 11:59:00 GMT' })).toBe(0)
    expect(afterMs({ 'retry-after': '7' })).toBe(7_000)
    expect(afterMs({ 'retry-after-ms': '250', 'retry-after': '7' })).toBe(250)
    expect(afterMs({ 'retry-after': 'soon' })).toBeUndefined()
  })

  test('is nothing that a failure within a reply says by headers', () => {
    expect(classifyFailure({ status: 429, body: null }, 'Acme').retry.afterMs).toBeUndefined()
  })

  test.each<readonly [headers: Record<string, string>, means: number | undefined]>([
    [{ 'retry-after-ms': '' }, undefined],
    [{ 'retry-after-ms': '-1', 'retry-after': '2' }, 2_000],
    [{ 'retry-after': '1.5' }, 1_500],
    [{ 'retry-after': '1e300' }, 86_400_000],
    [{ 'retry-after': '2m' }, 120_000],
    [{ 'x-ratelimit-reset-requests': '6m0s' }, 360_000],
    [{ 'x-ratelimit-reset-tokens': '20ms', 'x-ratelimit-reset-requests': '1s' }, 20],
    [
      {
        'x-ratelimit-reset-tokens': '20ms',
        'x-ratelimit-reset-requests': '2m59.56s',
        'x-ratelimit-remaining-requests': '0',
        'x-ratelimit-remaining-tokens': '5',
      },
      179_560,
    ],
    [{ 'x-ratelimit-reset': String(receivedAt / 1000 + 12) }, 12_000],
    [{ 'x-ratelimit-reset': String(receivedAt + 1_500) }, 1_500],
    [{ 'x-ratelimit-reset': '30' }, 30_000],
    [{ 'ratelimit-reset': '8' }, 8_000],
    [{ 'x-ratelimit-reset-after': '3' }, 3_000],
    [
      {
        'anthropic-ratelimit-requests-reset': '2026-11-28T12:00:09Z',
        'anthropic-ratelimit-requests-remaining': '0',
        'anthropic-ratelimit-tokens-reset': '2026-11-28T12:01:00Z',
        'anthropic-ratelimit-tokens-remaining': '80',
      },
      9_000,
    ],
    [{ 'x-ratelimit-reset': 'tomorrow' }, undefined],
    [{ 'x-ratelimit-remaining-tokens': '0' }, undefined],
  ])('by headers %j', (headers, means) => {
    expect(afterMs(headers)).toBe(means)
  })

  test('the reset of a limit is no wait after another failure', () => {
    expect(afterMs({ 'x-ratelimit-reset-requests': '1s' }, null, 500)).toBeUndefined()
    expect(afterMs({ 'x-ratelimit-reset-requests': '1s' }, null, 503)).toBe(1_000)
    expect(afterMs({ 'retry-after': '1' }, null, 500)).toBe(1_000)
  })

  const words = (message: string) => ({ error: { message } })
  test.each<readonly [body: unknown, means: number | undefined]>([
    [words('Rate limit reached. Please try again in 1.2s. Visit https://a.example/ to learn more.'), 1_200],
    [words('Please try again in 20ms.'), 20],
    [words('Please try again in 6m0s. Visit'), 360_000],
    [words('Please try again in 7m59.56s. Need more tokens? Upgrade'), 479_560],
    [words('Please retry after 26 seconds. To increase your limit, visit'), 26_000],
    [words('You exceeded your current quota. Please retry in 34.074824224s.'), 34_075],
    [words('Please try again in 1 hour 2 minutes.'), 3_720_000],
    [words('Try again in 5 minutes'), 300_000],
    [words('Please try again in a few minutes.'), undefined],
    [words('The model was asked to try again in 2030.'), undefined],
    [{ error: { details: [{ retryDelay: '45.837906927s' }] } }, 45_838],
    [[{ error: { details: [{ reason: 'X' }, { retryDelay: '3s' }] } }], 3_000],
    [{ error: { message: 'slow', retry_after: 2.5 } }, 2_500],
    [{ message: 'slow', retry_after_ms: 300 }, 300],
    [{ error: { message: 'slow', metadata: { retry_after_seconds: 4 } } }, 4_000],
    [
      {
        error: {
          message: 'slow',
          metadata: { headers: { 'X-RateLimit-Reset': String(receivedAt + 5_000), 'X-RateLimit-Remaining': '0' } },
        },
      },
      5_000,
    ],
    ['Please try again in 3s', 3_000],
  ])('by the body %j', (body, means) => {
    expect(afterMs({}, body)).toBe(means)
  })
})

/** What a vendor sends, and what it means: the kind of the error, and how far to go. */
type Row = readonly [vendor: string, status: number, body: unknown, kind: string, scope: string]

const error = (message: string, more: object = {}) => ({ error: { message, ...more } })
const tooLong = ['context_length_exceeded', 'larger-context'] as const
const refusedContent = ['content_policy_violation', 'next-model'] as const
const ours = ['provider_unavailable', 'next-credential'] as const
const limited = ['rate_limit_exceeded', 'next-credential'] as const
const overloaded = ['provider_overloaded', 'next-endpoint'] as const

const rows: readonly Row[] = [
  [
    'OpenAI',
    400,
    error("This model's maximum context length is 128000 tokens.", { code: 'context_length_exceeded' }),
    ...tooLong,
  ],
  ['OpenAI, Responses', 400, error('Your input exceeds the context window of this model.'), ...tooLong],
  [
    'vLLM',
    400,
    {
      object: 'error',
      message: "This model's maximum context length is 4096 tokens.",
      type: 'BadRequestError',
      code: 400,
    },
    ...tooLong,
  ],
  ['vLLM, with a 500', 500, error("This model's maximum context length is 4096 tokens."), ...tooLong],
  [
    'Anthropic',
    400,
    {
      type: 'error',
      error: { type: 'invalid_request_error', message: 'prompt is too long: 213462 tokens > 200000 maximum' },
    },
    ...tooLong,
  ],
  [
    'Anthropic, with the output',
    400,
    error('input length and `max_tokens` exceed context limit: 188240 + 21333 > 200000'),
    ...tooLong,
  ],
  [
    'Google',
    400,
    error('The input token count (1196265) exceeds the maximum number of tokens allowed (1048575).', {
      code: 400,
      status: 'INVALID_ARGUMENT',
    }),
    ...tooLong,
  ],
  ['Amazon Bedrock', 400, { message: 'Input is too long for requested model.' }, ...tooLong],
  [
    'xAI',
    400,
    {
      code: 'Client specified an invalid argument',
      error: "This model's maximum prompt length is 131072 but the request contains 537812 tokens.",
    },
    ...tooLong,
  ],
  [
    'Groq',
    400,
    error('Please reduce the length of the messages or completion.', { code: 'context_length_exceeded' }),
    ...tooLong,
  ],
  ['Groq, without a code', 413, error('Please reduce the length of the messages or completion.'), ...tooLong],
  [
    'Mistral',
    400,
    {
      object: 'error',
      message: 'Prompt contains 40000 tokens and 0 draft tokens, too large for model with 32768 maximum context length',
      type: 'invalid_request_prompt',
    },
    ...tooLong,
  ],
  [
    'Moonshot',
    400,
    error('Invalid request: Your request exceeded model token limit: 262144 (requested: 291351)'),
    ...tooLong,
  ],
  [
    'llama.cpp',
    400,
    error('request (33056 tokens) exceeds the available context size (32768 tokens), try increasing it', {
      code: 400,
      type: 'exceed_context_size_error',
    }),
    ...tooLong,
  ],
  ['llama.cpp, by its code', 500, error('too big', { type: 'exceed_context_size_error' }), ...tooLong],
  [
    'LM Studio',
    400,
    { error: 'The number of tokens to keep from the initial prompt is greater than the context length.' },
    ...tooLong,
  ],
  [
    'Alibaba',
    400,
    error('<400> InternalError.Algo.InvalidParameter: Range of input length should be [1, 98304]', {
      code: 'invalid_parameter_error',
    }),
    ...tooLong,
  ],
  ['MiniMax', 400, error('invalid params, context window exceeds limit (2013)'), ...tooLong],
  ['MiniMax, under 200', 200, { base_resp: { status_code: 1039, status_msg: 'token limit' } }, ...tooLong],
  ['Z.AI', 400, error('Prompt exceeds max length', { code: '1261' }), ...tooLong],
  [
    'Hugging Face',
    422,
    { error: 'Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4096.', error_type: 'validation' },
    ...tooLong,
  ],
  [
    'OpenRouter, wrapped',
    400,
    error('Provider returned error', {
      code: 400,
      metadata: { raw: '{"error":{"message":"prompt is too long: 3 tokens > 2 maximum"}}' },
    }),
    ...tooLong,
  ],
  [
    'Anthropic, output',
    400,
    error('max_tokens: 99999 > 8192, which is the maximum allowed number of output tokens'),
    'max_tokens_exceeded',
    'next-endpoint',
  ],
  [
    'OpenAI, a minute’s tokens at once',
    429,
    error('Request too large for gpt-4o on tokens per min (TPM): Limit 30000, Requested 43000.', {
      code: 'rate_limit_exceeded',
    }),
    'payload_too_large',
    'next-endpoint',
  ],
  [
    'Groq, a minute’s tokens at once',
    413,
    error('Request too large for model `x` on tokens per minute (TPM): Limit 6000, Requested 7000', {
      code: 'rate_limit_exceeded',
    }),
    'payload_too_large',
    'next-endpoint',
  ],

  [
    'OpenAI',
    400,
    error('Invalid prompt: your prompt was flagged as potentially violating our usage policy.', {
      code: 'invalid_prompt',
    }),
    ...refusedContent,
  ],
  [
    'Azure',
    400,
    error('The response was filtered.', {
      code: 'content_filter',
      innererror: { code: 'ResponsibleAIPolicyViolation' },
    }),
    ...refusedContent,
  ],
  [
    'Moonshot',
    400,
    error('The request was rejected because it was considered high risk', { type: 'content_filter' }),
    ...refusedContent,
  ],
  ['Anthropic', 400, error('Output blocked by content filtering policy'), ...refusedContent],
  [
    'xAI',
    403,
    {
      code: 'The caller does not have permission to execute the specified operation',
      error: 'Content violates usage guidelines. Team: 0, Failed check: SAFETY_CHECK_TYPE_BIO',
    },
    ...refusedContent,
  ],
  [
    'OpenRouter',
    403,
    error('Your chosen model requires moderation and your input was flagged', { code: 403 }),
    ...refusedContent,
  ],
  ['DeepSeek', 400, error('Content Exists Risk', { type: 'invalid_request_error' }), ...refusedContent],
  [
    'Alibaba',
    400,
    error('Input text data may contain inappropriate content.', { code: 'data_inspection_failed' }),
    ...refusedContent,
  ],
  ['Alibaba, its own form', 400, { code: 'DataInspectionFailed', message: 'x', request_id: 'y' }, ...refusedContent],
  ['Z.AI', 400, error('x', { code: '1301' }), ...refusedContent],
  ['MiniMax', 200, { base_resp: { status_code: 1026, status_msg: 'input new_sensitive' } }, ...refusedContent],
  ['ZenMux', 403, error('no', { type: 'safety_check_failed' }), ...refusedContent],
  [
    'OpenAI, output',
    400,
    error('max_tokens is too large: 8192. This model supports at most 4096 completion tokens.'),
    'max_tokens_exceeded',
    'next-endpoint',
  ],
  ['anybody, with a 451', 451, 'No.', ...refusedContent],

  ['OpenAI', 429, error('You exceeded your current quota.', { code: 'insufficient_quota' }), ...ours],
  ['Anthropic', 400, error('Your credit balance is too low to access the Anthropic API.'), ...ours],
  ['Moonshot', 429, error('Your account is suspended', { type: 'exceeded_current_quota_error' }), ...ours],
  [
    'Alibaba',
    400,
    error('Access denied, please make sure your account is in good standing.', { code: 'Arrearage' }),
    ...ours,
  ],
  ['Z.AI', 429, error('x', { code: '1113' }), ...ours],
  ['MiniMax', 200, { base_resp: { status_code: 1008, status_msg: 'insufficient balance' } }, ...ours],
  [
    'Novita',
    400,
    { code: 'x', reason: 'NOT_ENOUGH_BALANCE', message: 'not enough balance', error_code: 'NOT_ENOUGH_BALANCE' },
    ...ours,
  ],
  ['DeepSeek', 402, error('Insufficient Balance'), ...ours],
  ['SiliconFlow', 403, { code: 30001, message: 'Sorry, your account balance is insufficient', data: null }, ...ours],
  ['OpenAI, a key', 401, error('Incorrect API key provided: sk-abc.', { code: 'invalid_api_key' }), ...ours],
  [
    'Google, a key',
    400,
    error('API key not valid. Please pass a valid API key.', { details: [{ reason: 'API_KEY_INVALID' }] }),
    ...ours,
  ],
  ['Google, a key in the OpenAI form', 400, [error('API key expired.')], ...ours],
  ['MiniMax, a key', 200, { base_resp: { status_code: 1004, status_msg: 'login fail' } }, ...ours],
  ['anybody, with a 403', 403, { error: 'Forbidden' }, ...ours],

  ['OpenAI', 429, error('Rate limit reached for requests', { code: 'rate_limit_exceeded' }), ...limited],
  ['Alibaba', 400, error('Requests rate limit exceeded', { code: 'Throttling.RateQuota' }), ...limited],
  ['Google, with a 403', 403, error('Quota exceeded', { details: [{ reason: 'RATE_LIMIT_EXCEEDED' }] }), ...limited],
  ['Z.AI', 400, error('x', { code: '1302' }), ...limited],
  ['MiniMax', 200, { base_resp: { status_code: 1002, status_msg: 'rate limit' } }, ...limited],
  ['anybody', 429, '', ...limited],
  ['a limit that names the key', 429, error('x', { code: 'invalid_api_key' }), ...limited],
  [
    'Moonshot',
    429,
    error('The engine is currently overloaded, please try again later', { type: 'engine_overloaded_error' }),
    ...overloaded,
  ],
  ['Groq', 498, error('x', { code: 'capacity_exceeded' }), ...overloaded],
  ['Anthropic, in a stream', 200, error('Overloaded', { type: 'overloaded_error' }), ...overloaded],
  ['anybody', 503, 'no', ...overloaded],

  ['OpenAI, an image', 400, error('x', { code: 'image_parse_error' }), 'invalid_image', 'next-model'],
  [
    'OpenAI, sealed thoughts',
    400,
    error('x', { code: 'invalid_encrypted_content' }),
    'invalid_request',
    'next-credential',
  ],
  ['vLLM, a field', 400, error('Unrecognized request argument supplied: foo'), 'invalid_request', 'next-endpoint'],
  [
    'FastAPI, a field',
    422,
    { detail: [{ type: 'extra_forbidden', loc: ['body', 'foo'], msg: 'Extra inputs are not permitted' }] },
    'unprocessable',
    'next-endpoint',
  ],
  ['anybody', 400, error('temperature must be a number'), 'invalid_request', 'next-model'],
  ['anybody', 422, error('temperature must be a number'), 'unprocessable', 'next-model'],
  ['anybody', 413, error('Body is too large'), 'payload_too_large', 'next-endpoint'],
  ['anybody', 404, error('The model x does not exist', { code: 'model_not_found' }), 'not_found', 'next-endpoint'],
  ['anybody', 500, error('boom'), 'provider_unavailable', 'same'],
  ['anybody', 502, '<html>Bad gateway</html>', 'provider_unavailable', 'next-endpoint'],
  ['anybody', 504, error('late'), 'provider_timeout', 'next-endpoint'],
]

test.each(rows)('%s, status %i: %j means %s', (_, status, body, kind, scope) => {
  const { error: failure, retry } = status === 200 ? classifySaid(body, 'Acme') : classify(status, body)
  expect([failure.kind, retry.scope]).toEqual([kind, scope])
})

describe('the words reach the client', () => {
  test.each<readonly [body: unknown, message: string, code?: string]>([
    [{ error: { message: 'No.', code: 'x', type: 'y' } }, 'No.', 'x'],
    [{ error: { message: 'No.', code: null, type: 'y' } }, 'No.', 'y'],
    [{ error: 'No.' }, 'No.'],
    [{ code: 'x', error: 'No.' }, 'No.', 'x'],
    [{ statusCode: 400, error: 'Bad Request', message: 'No.' }, 'No.'],
    [{ error: { error: { message: 'No.' } } }, 'No.'],
    [{ errors: [{ code: 5007, message: 'No.' }], success: false, result: {} }, 'No.', '5007'],
    [[{ error: { message: 'No.', code: 400 } }], 'No.', '400'],
    [{ detail: 'No.' }, 'No.'],
    [{ status: 400, title: 'Bad Request', detail: 'No.' }, 'No.', '400'],
    [
      { detail: [{ loc: ['body', 'messages', 0], msg: 'Field required', type: 'missing' }] },
      'body.messages.0: Field required',
      'missing',
    ],
    [{ detail: { error: { message: 'No.' } } }, 'No.'],
    [{ message: 'No.' }, 'No.'],
    [{ Message: 'No.' }, 'No.'],
    [{ code: 20015, message: 'No.', data: null }, 'No.', '20015'],
    [{ error_code: 336003, error_msg: 'No.' }, 'No.', '336003'],
    [{ object: 'error', message: 'No.', type: 'BadRequestError', param: null, code: 400 }, 'No.', '400'],
    ['No.', 'No.'],
    ['{"error":{"message":"No."}}', 'No.'],
    [error('{"error":{"message":"No.","code":"x"}}'), 'No.', 'x'],
    [error('Provider returned error', { code: 400, metadata: { raw: { error: { message: 'No.' } } } }), 'No.'],
    ['<html>no</html>', 'The provider refused the request.'],
    [null, 'The provider refused the request.'],
    [{}, 'The provider refused the request.'],
    [error('x'.repeat(10_000)), 'x'.repeat(4_096)],
  ])('%j', (body, message, code) => {
    const { error: failure } = classify(400, body)
    expect(failure.message).toBe(message)
    if (code !== undefined) expect(failure.details.providerCode).toBe(code)
  })

  test('of a server’s own failure too', () => {
    for (const status of [500, 502, 503, 504, 529])
      expect(classify(status, error('The model file is missing.')).error.message).toBe('The model file is missing.')
  })

  test('but for what is said of our key', () => {
    for (const body of [error('Incorrect API key provided: sk-abc', { code: 'sk-abc def' }), { error: 'sk-abc' }]) {
      const { error: failure } = classify(401, body)
      expect(JSON.stringify([failure.message, failure.details])).not.toContain('sk-abc')
    }
  })

  test('however deep and long the body is', () => {
    let body: object | string = 'deep'
    for (let depth = 0; depth < 1_000; depth++) body = { error: body }
    expect(classify(400, body).error.message).toBe('The provider refused the request.')
    expect(
      classify(400, { errors: Array.from({ length: 100_000 }, (_, at) => ({ message: `No ${at}.` })) }).error.message,
    ).toBe('No 0.')
  })
})
