import * as fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { chatRequest } from '../arbitraries/chat-request.ts'
import { completionsRequest } from '../arbitraries/completions-request.ts'
import { messagesRequest, responsesRequest } from '../arbitraries/surface-requests.ts'
import { startGateway, type TestGateway } from '../gateway.ts'

type Json = Readonly<Record<string, unknown>>
const parse = (body: unknown): Json => JSON.parse(JSON.stringify(body))

const rows = [
  {
    name: 'chat',
    path: '/api/v1/chat/completions',
    valid: chatRequest.map(parse),
    input: 'messages',
    minimal: { messages: [{ role: 'user', content: 'hi' }] },
  },
  {
    name: 'completions',
    path: '/api/v1/completions',
    valid: completionsRequest.map(parse),
    input: 'prompt',
    minimal: { prompt: 'hi' },
  },
  {
    name: 'messages',
    path: '/api/v1/messages',
    valid: messagesRequest.map(parse),
    input: 'messages',
    minimal: { messages: [{ role: 'user', content: 'hi' }] },
  },
  {
    name: 'responses',
    path: '/api/v1/responses',
    valid: responsesRequest.map(parse),
    input: 'input',
    minimal: { input: 'hi' },
  },
]

/** Values that the contract refuses on every surface. */
const wrongEverywhere: readonly Json[] = [
  ...[2.01, -0.01, '1', true, [], {}].map((temperature) => ({ temperature })),
  ...[1.01, -0.01, '1', []].map((top_p) => ({ top_p })),
  ...[-1, 1.5, '1'].map((top_k) => ({ top_k })),
  ...['yes', 1, {}].map((stream) => ({ stream })),
  ...[5, {}, ['x'], 'no-such/model'].map((model) => ({ model })),
  ...['x', [5], [null], {}].map((models) => ({ models })),
  ...[{ bogus: 1 }, 'x', [], { order: 'x' }, { sort: 'smell' }, { quantizations: ['int3'] }].map((provider) => ({
    provider,
  })),
  ...[[{ id: 'no-such-plugin' }], [{}], 'x'].map((plugins) => ({ plugins })),
  ...['x', ['no-such-transform']].map((transforms) => ({ transforms })),
  ...['x'.repeat(257), 5, {}].map((session_id) => ({ session_id })),
  ...[5, {}, []].map((user) => ({ user })),
  ...['x', [], { trace_id: 5 }].map((trace) => ({ trace })),
  ...['bogus', 5].map((service_tier) => ({ service_tier })),
  ...['bogus', 5].map((route) => ({ route })),
]

/** Values that the contract refuses in OpenAI’s two older operations (contract §1.1, §7.1). */
const wrongInOlder: readonly Json[] = [
  ...[2.1, -2.1, '0'].map((frequency_penalty) => ({ frequency_penalty })),
  ...[2.1, -2.1, {}].map((presence_penalty) => ({ presence_penalty })),
  ...[1.5, '1', true].map((seed) => ({ seed })),
  ...[['a', 'b', 'c', 'd', 'e'], [1], 1, {}].map((stop) => ({ stop })),
  ...['x', [1], { a: 'x' }, { a: null }].map((logit_bias) => ({ logit_bias })),
  ...['x', [], 1].map((stream_options) => ({ stream_options })),
  ...['x', { effort: 'bogus' }, { max_tokens: 'x' }, { effort: 'low', max_tokens: 5 }].map((reasoning) => ({
    reasoning,
    reasoning_effort: null,
  })),
  ...[{ type: 'bogus' }, 'x', {}, { type: 'json_schema' }, { type: 'grammar' }].map((response_format) => ({
    response_format,
  })),
  ...[
    { a: 1 },
    'x',
    { a: 'x'.repeat(513) },
    { ['k'.repeat(65)]: 'x' },
    Object.fromEntries(Array.from({ length: 17 }, (_, i) => [i, 'x'])),
  ].map((metadata) => ({ metadata })),
  ...['x', 1.5].map((max_tokens) => ({ max_tokens })),
]

/** Values that the contract refuses in one operation only. */
const wrongOf: Readonly<Record<string, readonly Json[]>> = {
  chat: [
    ...wrongInOlder,
    ...[
      null,
      [],
      'x',
      {},
      [{}],
      [null],
      [{ role: 'bogus', content: 'x' }],
      [{ role: 'user' }],
      [{ role: 'user', content: 5 }],
    ].map((messages) => ({ messages })),
    ...[
      [{ role: 'tool', content: 'x' }],
      [{ role: 'user', content: [{ type: 'smell' }] }],
      [{ role: 'user', content: [{ type: 'text' }] }],
    ].map((messages) => ({ messages })),
    ...[0, -1].map((max_tokens) => ({ max_tokens })),
    ...[21, -1, 1.5].map((top_logprobs) => ({ logprobs: true, top_logprobs })),
    ...[129, 0, 1.5, 'x'].map((n) => ({ n })),
    { n: 4, max_completion_tokens: 4_000, logprobs: true, top_logprobs: 20, stream: false },
    { max_completion_tokens: 300_001, logprobs: true, stream: false },
    ...['x', [{}], [{ type: 'function' }], [{ type: 'function', function: {} }]].map((tools) => ({ tools })),
    ...['bogus', { type: 'function' }, {}, 5].map((tool_choice) => ({ tool_choice })),
    ...[['smell'], 'text'].map((modalities) => ({ modalities })),
    ...[[], [{ type: 'bogus' }], 'x'].map((stop_server_tools_when) => ({ stop_server_tools_when })),
    ...[{ type: 'x' }, { type: 'ephemeral', ttl: '2h' }].map((cache_control) => ({ cache_control })),
    ...['x', 5].map((debug) => ({ debug })),
    ...['x', 5, {}].map((verbosity) => ({ verbosity })),
    { logprobs: 'yes' },
    { parallel_tool_calls: 'yes' },
  ],
  completions: [
    ...wrongInOlder,
    ...[null, {}, 5, [], ['a', 1], [[1], 'a'], [1.5], [-1], [[]]].map((prompt) => ({ prompt })),
    ...[true, 'x', 1.5].map((logprobs) => ({ logprobs })),
    ...[0, 1.5, 'x'].map((n) => ({ n, best_of: null })),
    ...['x', 1].map((echo) => ({ echo })),
    { suffix: 5 },
    { n: 3, best_of: 2 },
  ],
  messages: [
    ...[
      ...[null, [], 'x', {}, [{}], [null], [{ role: 'bogus', content: 'x' }], [{ role: 'user' }]],
      ...[[{ role: 'user', content: 5 }], [{ role: 'user', content: [{ type: 'smell' }] }]],
    ].map((messages) => ({ messages })),
    ...[0, -1, 1.5, 'x'].map((max_tokens) => ({ max_tokens })),
    ...[5, {}, [5]].map((system) => ({ system })),
    ...['x', [1], {}].map((stop_sequences) => ({ stop_sequences })),
    ...['x', [{}], [null]].map((tools) => ({ tools })),
    ...['auto', { type: 'bogus' }, {}, 5].map((tool_choice) => ({ tool_choice })),
    ...['x', { type: 'enabled' }, { type: 'enabled', budget_tokens: 0 }, { type: 'bogus' }].map((thinking) => ({
      thinking,
    })),
    ...['x', { effort: 'bogus' }, { format: { type: 'bogus' } }].map((output_config) => ({ output_config })),
    ...['x', { user_id: 5 }].map((metadata) => ({ metadata })),
    ...['bogus', 5].map((speed) => ({ speed })),
    ...[[{}], [{ model: 'a/b', other: 1 }], ['a', 'b', 'c', 'd'].map((model) => ({ model }))].map((fallbacks) => ({
      fallbacks,
    })),
    { fallbacks: [{ model: 'acme/m1' }], models: ['acme/m2'] },
    { thread: { type: 'create' } },
  ],
  responses: [
    ...[null, [], {}, 5, [5], [null], [{ role: 'bogus', content: 'x' }], [{ role: 'user' }]].map((input) => ({
      input,
    })),
    ...[5, {}, []].map((instructions) => ({ instructions })),
    ...[0, -1, 1.5, 'x'].map((max_output_tokens) => ({ max_output_tokens })),
    ...['x', { format: { type: 'bogus' } }, { format: { type: 'json_schema' } }, { verbosity: 'x' }].map((text) => ({
      text,
    })),
    ...['x', [{}], [null], [{ type: 'function' }]].map((tools) => ({ tools })),
    ...['bogus', {}, 5].map((tool_choice) => ({ tool_choice })),
    ...['x', { effort: 'bogus' }, { max_tokens: 'x' }].map((reasoning) => ({ reasoning })),
    ...['bogus', 5].map((truncation) => ({ truncation })),
    ...['x', [5]].map((include) => ({ include })),
    ...[21, -1, 'x'].map((top_logprobs) => ({ top_logprobs })),
    ...[{ parallel_tool_calls: 'yes' }, { store: true }, { background: true }, { conversation: 'c' }],
    ...[{ previous_response_id: 'r' }, { prompt: { id: 'p' } }],
  ],
}

describe.each(rows)('$name', ({ name, path, valid, input, minimal }) => {
  const wrong = [...wrongEverywhere, ...(wrongOf[name] ?? [])]
  let gateway: TestGateway
  beforeAll(async () => {
    gateway = await startGateway()
  })
  afterAll(() => gateway.close())
  beforeEach(() => gateway.simulator.clearJournal())

  const post = (body: string | Buffer) =>
    fetch(gateway.url + path, { method: 'POST', headers: { authorization: `Bearer ${gateway.key}` }, body })

  /** @returns The status. */
  async function isEnvelope(response: Response): Promise<number> {
    expect(response.headers.get('content-type')).toBe('application/json')
    const body: unknown = await response.json()
    if (name === 'messages') {
      expect(body).toMatchObject({ type: 'error', error: { type: expect.stringMatching(/_error$/) } })
    }
    expect(body).toMatchObject({
      error: {
        code: response.status,
        message: expect.stringMatching(/\S/),
        metadata: { error_type: expect.any(String) },
      },
    })
    return response.status
  }

  test.each(wrong.map((mistake) => [JSON.stringify(mistake).slice(0, 100), mistake]))(
    'refuses %s in a body that is otherwise minimal',
    async (_, mistake) => {
      const response = await post(JSON.stringify({ model: 'acme/m1', ...minimal, ...Object(mistake) }))
      expect(await isEnvelope(response)).toBe(400)
      expect(gateway.simulator.journal()).toEqual([])
    },
  )

  test('refuses an error in any valid body', async () => {
    const mistakes = fc.constantFrom(...wrong)
    await fc.assert(
      fc.asyncProperty(valid, mistakes, async (body, mistake) => {
        expect(await isEnvelope(await post(JSON.stringify({ ...body, model: 'acme/m1', ...mistake })))).toBe(400)
      }),
      { numRuns: 300 },
    )
    expect(gateway.simulator.journal()).toEqual([])
  })

  test('refuses a body without its input', async () => {
    await fc.assert(
      fc.asyncProperty(valid, async (body) => {
        const { [input]: _, ...rest } = body
        expect(await isEnvelope(await post(JSON.stringify(rest)))).toBe(400)
      }),
      { numRuns: 50 },
    )
  })

  /** The request was answered, by the upstream's answer or by an error for the client. */
  async function isAnswered(response: Response): Promise<void> {
    if (response.status === 200) expect((await response.text()).length).toBeGreaterThan(0)
    else {
      const status = await isEnvelope(response)
      // The answer was empty at every upstream, because a `stop` matched at once: 503 for several, 502 for one.
      expect(status === 502 || status === 503 || (status >= 400 && status < 500), `${status}`).toBe(true)
    }
  }

  test('answers any JSON in one place of a valid body', async () => {
    const places = fc.tuple(valid, fc.nat(), fc.jsonValue({ maxDepth: 3 }))
    await fc.assert(
      fc.asyncProperty(places, async ([body, nth, value]) => {
        const names = Object.keys(body)
        const place = names[nth % names.length] ?? input
        await isAnswered(await post(JSON.stringify({ ...body, model: 'acme/m1', models: null, [place]: value })))
      }),
      { numRuns: 300 },
    )
  })

  test('answers any JSON', async () => {
    const json = fc.oneof(
      fc.jsonValue(),
      fc.jsonValue().map((value) => ({ model: 'acme/m1', [input]: value })),
      fc.jsonValue().map((value) => ({ model: 'acme/m1', ...minimal, ...Object(value) })),
      fc.array(fc.jsonValue({ maxDepth: 2 })).map((messages) => ({ model: 'acme/m1', [input]: messages })),
    )
    await fc.assert(
      fc.asyncProperty(json, async (value) => isAnswered(await post(JSON.stringify(value)))),
      { numRuns: 300 },
    )
  })

  test('answers any bytes', async () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array)),
      fc.string({ unit: 'binary', maxLength: 100 }).map((text) => Buffer.from(text)),
      fc.tuple(valid, fc.nat(), fc.uint8Array({ maxLength: 4 })).map(([body, at, splice]) => {
        const whole = Buffer.from(JSON.stringify({ ...body, model: 'acme/m1' }))
        const cut = at % whole.length
        return Buffer.concat([whole.subarray(0, cut), splice, whole.subarray(cut + splice.length)])
      }),
    )
    await fc.assert(
      fc.asyncProperty(bytes, async (body) => isAnswered(await post(body))),
      { numRuns: 300 },
    )
  })

  test('through all of this there was no failure of ours', () => {
    expect(gateway.log.filter((line) => line.includes('unexpected failure') || line.includes('"status":500'))).toEqual(
      [],
    )
  })
})
