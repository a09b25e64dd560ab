import * as fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { base64Of, vectorOf } from '../../src/simulator/protocols/embeddings/vector.ts'
import { embeddingsRequest, rerankRequest } from '../arbitraries/vector-requests.ts'
import { startGateway, type TestGateway } from '../gateway.ts'

type Json = Readonly<Record<string, unknown>>

const at = (operation: string, more: object = {}) => ({
  endpoints: [{ provider: 'prov-a', model: 'steady', operations: [operation], pricing: { prompt: 0.02 }, ...more }],
})

let gateway: TestGateway
beforeAll(async () => {
  gateway = await startGateway({
    models: {
      'acme/embed': at('embeddings'),
      'acme/embed-in-parts': at('embeddings', { max_inputs: 2 }),
      'acme/rank': at('rerank'),
    },
  })
})
afterAll(() => gateway.close())
beforeEach(() => gateway.simulator.clearJournal())

const post = (path: string, body: unknown) => gateway.post(`/api/v1${path}`, body)
const sentBodies = (): readonly Json[] => gateway.simulator.journal().map(({ body }) => Object(body))

/** Fields that are the gateway's own, or that it writes anew (contract Appendix A). */
const ours = new Set(['user', 'session_id', 'trace', 'metadata', 'provider', 'encoding_format', 'input_type'])

const without = (body: Json, names: ReadonlySet<string>): Json =>
  Object.fromEntries(Object.entries(body).filter(([name, value]) => !names.has(name) && value !== null))

/** What the simulator embeds of an input: token ids as one text, and an object as its JSON. */
function textOf(input: unknown): string {
  if (typeof input === 'string') return input
  return Array.isArray(input) ? input.join(' ') : JSON.stringify(input)
}

const inputsOf = (input: unknown): readonly unknown[] =>
  Array.isArray(input) && typeof input[0] !== 'number' ? input : [input]

describe('a valid body of /embeddings', () => {
  test('reaches an upstream of the same language unharmed, and the vectors come back unharmed', async () => {
    await fc.assert(
      fc.asyncProperty(embeddingsRequest, async (body) => {
        gateway.simulator.clearJournal()
        const reply = await post('/embeddings', { model: 'acme/embed', ...body })
        expect(reply.status).toBe(200)
        expect(sentBodies()).toEqual([
          { ...without(body, ours), model: 'steady', encoding_format: body.encoding_format ?? 'float' },
        ])
        const { data } = Object(await reply.json())
        expect(data).toEqual(
          inputsOf(body.input).map((input, index) => {
            const vector = vectorOf(textOf(input), body.dimensions ?? 16)
            const embedding = body.encoding_format === 'base64' ? base64Of(vector) : vector
            return { object: 'embedding', index, embedding }
          }),
        )
      }),
      { numRuns: 100 },
    )
  })

  test('is answered alike in one call and in parts', async () => {
    await fc.assert(
      fc.asyncProperty(embeddingsRequest, async (body) => {
        const [whole, parts] = await Promise.all(
          ['acme/embed', 'acme/embed-in-parts'].map(async (model) =>
            Object(await (await post('/embeddings', { ...body, model })).json()),
          ),
        )
        expect(parts.data).toEqual(whole.data)
        expect(parts.usage).toEqual(whole.usage)
      }),
      { numRuns: 50 },
    )
  })
})

test('a valid body of /rerank reaches an upstream of the same language unharmed, and the best come first', async () => {
  await fc.assert(
    fc.asyncProperty(rerankRequest, async (body) => {
      gateway.simulator.clearJournal()
      const reply = await post('/rerank', { model: 'acme/rank', ...body })
      expect(reply.status).toBe(200)
      const texts = body.documents.map((document) => (typeof document === 'string' ? document : document.text))
      expect(sentBodies()).toEqual([
        {
          model: 'steady',
          query: body.query,
          documents: texts,
          ...(typeof body.top_n === 'number' && { top_n: body.top_n }),
          return_documents: false,
        },
      ])
      const { results } = Object(await reply.json())
      expect(results).toHaveLength(Math.min(body.top_n ?? texts.length, texts.length))
      for (const { index, document } of results) expect(document).toEqual({ text: texts[index] })
      const scores: readonly number[] = results.map(
        ({ relevance_score }: { relevance_score: number }) => relevance_score,
      )
      expect(scores).toEqual(scores.toSorted((one, other) => other - one))
    }),
    { numRuns: 60 },
  )
})

/** Values that the contract refuses. */
const wrong: Readonly<Record<string, readonly Json[]>> = {
  '/embeddings': [
    ...[null, '', [], {}, 5, true, ['a', 1], [1, 'a'], [1.5], [-1], [[]], [[1], 'a']].map((input) => ({ input })),
    ...[
      [{}],
      [{ content: [] }],
      [{ content: 'a' }],
      [{ content: [{ type: 'smell' }] }],
      [{ content: [{ type: 'text' }] }],
    ].map((input) => ({ input })),
    ...[0, -1, 1.5, '8', []].map((dimensions) => ({ dimensions })),
    ...['int8', 5, {}].map((encoding_format) => ({ encoding_format })),
    ...[5, {}, 'x'.repeat(65)].map((input_type) => ({ input_type })),
  ],
  '/rerank': [
    ...[null, '', 5, {}, ['a']].map((query) => ({ query })),
    ...[null, '', [], {}, 'a', [5], [null], [{}], [{ text: 5 }], [{ text: '' }]].map((documents) => ({ documents })),
    ...[0, -1, 1.5, '1'].map((top_n) => ({ top_n })),
  ],
}
const wrongEverywhere: readonly Json[] = [
  ...[null, 5, {}, '', 'no-such/model', 'acme/m1'].map((model) => ({ model })),
  ...['x', [], { bogus: 1 }, { order: 'x' }, { sort: 'smell' }].map((provider) => ({ provider })),
  ...['x'.repeat(257), 5, {}].map((session_id) => ({ session_id })),
  ...[5, {}, []].map((user) => ({ user })),
  ...['x', [], { trace_id: 5 }].map((trace) => ({ trace })),
]
const rows = [
  { path: '/embeddings', model: 'acme/embed', valid: embeddingsRequest.map((body): Json => body) },
  { path: '/rerank', model: 'acme/rank', valid: rerankRequest.map((body): Json => body) },
]

describe.each(rows)('$path', ({ path, model, valid }) => {
  const mistakes = fc.constantFrom(...wrongEverywhere, ...(wrong[path] ?? []))

  test('refuses a mistake in any valid body, before any call', async () => {
    await fc.assert(
      fc.asyncProperty(valid, mistakes, async (body, mistake) => {
        const reply = await post(path, { model, ...body, ...mistake })
        expect(reply.status).toBe(400)
        expect(await reply.json()).toMatchObject({
          error: { code: 400, message: expect.stringMatching(/\S/), metadata: { error_type: expect.any(String) } },
        })
      }),
      { numRuns: 200 },
    )
    expect(sentBodies()).toEqual([])
  })

  test('answers whatever JSON a field holds with its answer or a 4xx', async () => {
    await fc.assert(
      fc.asyncProperty(valid, fc.nat(), fc.jsonValue({ maxDepth: 3 }), async (body, place, value) => {
        const names = Object.keys(body)
        const reply = await post(path, { model, ...body, [names[place % names.length] ?? 'input']: value })
        expect(reply.status === 200 || (reply.status >= 400 && reply.status < 500), await reply.text()).toBe(true)
      }),
      { numRuns: 200 },
    )
  })

  test('answers a body that is no JSON, or cut, with 400', async () => {
    await fc.assert(
      fc.asyncProperty(valid, fc.double({ min: 0, max: 0.99, noNaN: true }), async (body, share) => {
        const whole = JSON.stringify({ model, ...body })
        expect((await post(path, whole.slice(0, Math.floor(whole.length * share)))).status).toBe(400)
      }),
      { numRuns: 40 },
    )
  })
})
