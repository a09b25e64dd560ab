import { describe, expect, test } from 'vitest'
import { ErrorResponseSchema } from '../../gateway-fields/schema/error-response.ts'
import { compileValidator } from '../../schema/validate.ts'
import { ChatCompletionsChunkSchema } from './chunk.ts'
import { ChatCompletionsResponseSchema } from './response.ts'

const validateResponse = compileValidator(ChatCompletionsResponseSchema)
const validateChunk = compileValidator(ChatCompletionsChunkSchema)
const validateError = compileValidator(ErrorResponseSchema)

// The canonical payloads of contract Appendix B.
const usage = {
  prompt_tokens: 9,
  completion_tokens: 1,
  total_tokens: 10,
  cost: 0.000011,
  is_byok: false,
  prompt_tokens_details: { cached_tokens: 0 },
  completion_tokens_details: { reasoning_tokens: 0 },
  cost_details: {
    upstream_inference_cost: null,
    upstream_inference_prompt_cost: 0.000009,
    upstream_inference_completions_cost: 0.000002,
  },
}
const message = { role: 'assistant', content: 'Hello', refusal: null, reasoning: null }
const choice = { index: 0, logprobs: null, finish_reason: 'stop', native_finish_reason: 'stop', message }
const response = {
  id: 'gen-1760000000-Ab3dEf6hIj9kLm2nOp5q',
  provider: 'Prov A',
  model: 'acme/m1',
  object: 'chat.completion',
  created: 1760000000,
  system_fingerprint: null,
  service_tier: null,
  choices: [choice],
  usage,
}
const delta = { role: 'assistant', content: '' }
const chunkChoice = { index: 0, delta, finish_reason: null, native_finish_reason: null }
const chunk = {
  id: 'gen-1',
  provider: 'Prov A',
  model: 'acme/m1',
  object: 'chat.completion.chunk',
  created: 1760000000,
  choices: [chunkChoice],
}
const metadata = {
  requested: 'acme/m1',
  strategy: 'direct',
  region: null,
  summary: 'available=2',
  attempt: 0,
  is_byok: false,
  endpoints: { total: 1, available: [{ provider: 'Prov A', model: 'acme/m1', selected: false }] },
}
const availability = {
  code: 'constraint_filtered',
  retryable: false,
  requested_models: ['acme/m1'],
  affected_providers: ['prov-a', 'prov-b'],
  excluded_by: ['max_price'],
  constraint: { field: 'max_price', detail: 'cheapest prompt price is 1 USD/M, cap is 0.1' },
  docs_url: 'https://host/docs/errors#constraint_filtered',
}
const error = {
  code: 404,
  message: 'No endpoint of acme/m1 is priced within provider.max_price.',
  error_type: 'not_found',
  http_status: 404,
  metadata: { error_type: 'not_found' },
  availability,
}

const without = (object: object, key: string): object =>
  Object.fromEntries(Object.entries(object).filter(([name]) => name !== key))
const withMessage = (changes: object) => ({
  ...response,
  choices: [{ ...choice, message: { ...message, ...changes } }],
})
const withUsage = (changes: object) => ({ ...response, usage: { ...usage, ...changes } })
const withDelta = (changes: object) => ({ ...chunk, choices: [{ ...chunkChoice, delta: { ...delta, ...changes } }] })
const token = { token: 'a', logprob: -0.1, bytes: [97], top_logprobs: [] }

describe('a chat response', () => {
  test.each([
    ['the canonical one', response],
    ['with metadata', { ...response, openrouter_metadata: { ...metadata, attempt: 1 } }],
    ['with logprobs', { ...response, choices: [{ ...choice, logprobs: { content: [token], refusal: null } }] }],
    [
      'broken off',
      { ...response, choices: [{ ...choice, finish_reason: 'error', error: { code: 502, message: 'cut' } }] },
    ],
    ['with an image', withMessage({ images: [{ type: 'image_url', image_url: { url: 'data:image/png;base64,AA' } }] })],
  ])('%s is right', (_, body) => {
    expect(validateResponse(body)).toMatchObject({ ok: true })
  })

  test.each([
    [
      'contract §3.1: system_fingerprint is always there',
      without(response, 'system_fingerprint'),
      'system_fingerprint',
    ],
    ['contract §3.1: usage is always there', without(response, 'usage'), 'usage'],
    ['contract §3.4: cost is never null', withUsage({ cost: null }), 'usage.cost'],
    [
      'contract §3.4: cached_tokens is a number',
      withUsage({ prompt_tokens_details: {} }),
      'usage.prompt_tokens_details.cached_tokens',
    ],
    [
      'contract §3.4: reasoning_tokens is a number',
      withUsage({ completion_tokens_details: { reasoning_tokens: null } }),
      'usage.completion_tokens_details.reasoning_tokens',
    ],
    ['contract §3.3: content is no array', withMessage({ content: [] }), 'choices[0].message.content'],
    [
      'contract §3.3: tool_calls is left out when empty',
      withMessage({ tool_calls: [] }),
      'choices[0].message.tool_calls',
    ],
    [
      'contract §10.24: images have a type',
      withMessage({ images: [{ image_url: { url: 'https://a' } }] }),
      'choices[0].message.images[0].type',
    ],
    [
      'contract §10.25: file annotations have a name',
      withMessage({ annotations: [{ type: 'file', file: { hash: 'h', content: [] } }] }),
      'choices[0].message.annotations[0].file.name',
    ],
    [
      'contract §3.3: citations have no nulls',
      withMessage({ annotations: [{ type: 'url_citation', url_citation: { url: 'https://a', title: null } }] }),
      'choices[0].message.annotations[0].url_citation.title',
    ],
    [
      'contract row 13: both logprobs keys',
      { ...response, choices: [{ ...choice, logprobs: { content: [] } }] },
      'choices[0].logprobs.refusal',
    ],
    [
      'contract §3.2: finish_reason is normalised',
      { ...response, choices: [{ ...choice, finish_reason: 'end_turn' }] },
      'choices[0].finish_reason',
    ],
    ['contract §0.11: the id begins with gen-', { ...response, id: 'chatcmpl-1' }, 'id'],
  ])('%s', (_, body, path) => {
    expect(validateResponse(body)).toMatchObject({ ok: false, issues: [{ path }] })
  })
})

describe('a chat chunk', () => {
  test.each([
    ['the canonical one', chunk],
    ['of usage', { ...chunk, choices: [], usage }],
    ['of debug', { ...chunk, choices: [], debug: { echo_upstream_body: { model: 'm1' } } }],
    [
      'of an error',
      { ...chunk, choices: [{ ...chunkChoice, finish_reason: 'error' }], error: { code: 502, message: 'cut' } },
    ],
    [
      'of a tool call',
      withDelta({ tool_calls: [{ index: 0, id: 'a', type: 'function', function: { name: 'f', arguments: '' } }] }),
    ],
  ])('%s is right', (_, body) => {
    expect(validateChunk(body)).toMatchObject({ ok: true })
  })

  test.each([
    ['contract row 31: no null error', { ...chunk, error: null }, 'error'],
    ['contract row 31: no null usage', { ...chunk, usage: null }, 'usage'],
    ['contract row 31: no null system_fingerprint', { ...chunk, system_fingerprint: null }, 'system_fingerprint'],
    ['contract row 31: choices is an array', without(chunk, 'choices'), 'choices'],
    [
      'contract §4.2: finish_reason is there',
      { ...chunk, choices: [without(chunkChoice, 'finish_reason')] },
      'choices[0].finish_reason',
    ],
    [
      'contract row 30: function is in every delta',
      withDelta({ tool_calls: [{ index: 0 }] }),
      'choices[0].delta.tool_calls[0].function',
    ],
    ['contract §10.18: codes are numbers', { ...chunk, error: { code: 'server_error', message: 'cut' } }, 'error.code'],
  ])('%s', (_, body, path) => {
    expect(validateChunk(body)).toMatchObject({ ok: false, issues: [{ path }] })
  })
})

describe('an error response', () => {
  test.each([
    ['of routing', { error, openrouter_metadata: metadata }],
    [
      'of a provider',
      { error: { code: 502, message: 'Provider returned error', metadata: { provider_name: 'Prov A', raw: '{}' } } },
    ],
  ])('%s is right', (_, body) => {
    expect(validateError(body)).toMatchObject({ ok: true })
  })

  test.each([
    ['contract §5.1: user_id is never null', { error, user_id: null }, 'user_id'],
    ['contract §5.1: the code is a status', { error: { ...error, code: 0 } }, 'error.code'],
    [
      'contract §5.4: no empty lists',
      { error: { ...error, availability: { ...availability, excluded_by: [] } } },
      'error.availability.excluded_by',
    ],
    [
      'contract §5.4: docs_url is there',
      { error: { ...error, availability: without(availability, 'docs_url') } },
      'error.availability.docs_url',
    ],
    [
      'contract §5.4: known codes',
      { error: { ...error, availability: { ...availability, code: 'gone' } } },
      'error.availability.code',
    ],
  ])('%s', (_, body, path) => {
    expect(validateError(body)).toMatchObject({ ok: false, issues: [{ path }] })
  })
})
