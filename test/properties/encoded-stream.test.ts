import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { ResultFold } from '../../src/canonical/fold-result.ts'
import type { GenerationBatch, GenerationEvent } from '../../src/canonical/generation-event.ts'
import { chatCompletionsClient } from '../../src/protocols/chat-completions/client.ts'
import { readStream } from '../sse.ts'
import { contentOfReply, contentOfStream } from '../choice-content.ts'

/** Any characters may occur in a text, also line breaks and `data:`. */
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.constantFrom('\n\n', 'data: [DONE]\n\n', '\r', ': comment', '\ud800', '💧', '\u2028', '"}\\', '\0', ''),
)
const choice = fc.nat(2)
const token = fc.record({
  token: text,
  logprob: fc.double({ min: -20, max: 0, noNaN: true }),
  bytes: fc.oneof(fc.constant(null), fc.array(fc.nat(255))),
})
const logprobs = fc.option(
  fc.array(
    fc.record({
      token: text,
      logprob: fc.integer({ min: -20, max: -1 }),
      bytes: fc.constant(null),
      top: fc.array(token, { maxLength: 2 }),
    }),
  ),
  { nil: undefined },
)
const detail = fc.oneof(
  fc.record(
    {
      type: fc.constant('text' as const),
      text,
      signature: fc.constantFrom('sig-1', 'sig-2'),
      index: fc.nat(1),
      format: fc.constant('anthropic-claude-v1'),
    },
    { requiredKeys: ['type', 'text'] },
  ),
  fc.record({ type: fc.constant('summary' as const), summary: text, index: fc.nat(1) }),
  fc.record({ type: fc.constant('encrypted' as const), data: text }),
)
const annotation = fc.oneof(
  fc.record(
    {
      type: fc.constant('url-citation' as const),
      url: fc.webUrl(),
      title: text,
      content: text,
      startIndex: fc.nat(9),
      endIndex: fc.nat(9),
    },
    { requiredKeys: ['type', 'url'] },
  ),
  fc.record({
    type: fc.constant('file' as const),
    hash: text,
    name: text,
    content: fc.array(fc.jsonValue({ maxDepth: 1 })),
  }),
)
/** Three bytes are four base64 letters, so pieces can be joined. */
const sound = fc.uint8Array({ minLength: 3, maxLength: 3 }).map((bytes) => Buffer.from(bytes).toString('base64'))

const content: fc.Arbitrary<GenerationEvent> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ type: fc.constant('text-delta' as const), choice, text, logprobs }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('refusal-delta' as const), choice, text, logprobs }) },
  { weight: 3, arbitrary: fc.record({ type: fc.constant('reasoning-delta' as const), choice, detail }) },
  fc.record({ type: fc.constant('annotation' as const), choice, annotation }),
  fc.record({ type: fc.constant('image' as const), choice, url: fc.webUrl() }),
  fc.record({ type: fc.constant('audio-delta' as const), choice, data: sound, transcript: text }),
  fc.constant({ type: 'alive' as const }),
)

interface Call {
  readonly choice: number
  readonly id: string
  readonly name: string
  readonly pieces: readonly string[]
}
const call = fc.record({
  choice,
  id: fc.uuid(),
  name: fc.stringMatching(/^[a-z_]{1,10}$/),
  pieces: fc.array(text, { maxLength: 4 }),
})

/** The calls of a choice are numbered in the order in which they begin. */
function callEvents(calls: readonly Call[]): readonly GenerationEvent[] {
  const counts = new Map<number, number>()
  return calls.flatMap(({ choice, id, name, pieces }): readonly GenerationEvent[] => {
    const index = counts.get(choice) ?? 0
    counts.set(choice, index + 1)
    const deltas = pieces.map((piece): GenerationEvent => ({
      type: 'tool-call-delta',
      choice,
      index,
      arguments: piece,
    }))
    return [{ type: 'tool-call-start', choice, index, id, name }, ...deltas]
  })
}

const usage = { promptTokens: 3, completionTokens: 5, cachedTokens: 1, reasoningTokens: 2 }
const cost = {
  total: 7_000,
  prompt: 3_000,
  completion: 4_000,
  other: 0,
  tools: 0,
  isByok: false,
  provenance: 'provider_reported',
} as const

/** Generates a generation as the encoders receive it, cut into batches at any place. */
const generation = fc
  .record({
    contents: fc.array(content, { minLength: 1, maxLength: 30 }),
    calls: fc.array(call, { maxLength: 4 }),
    finishes: fc.array(
      fc.record({
        reason: fc.constantFrom('stop', 'length', 'tool_calls', 'content_filter'),
        native: fc.oneof(text, fc.constant(null)),
      }),
      { minLength: 3, maxLength: 3 },
    ),
    fingerprint: fc.option(fc.string({ minLength: 1 }), { nil: undefined }),
    tier: fc.option(fc.constantFrom('default', 'priority'), { nil: undefined }),
    batch: fc.integer({ min: 1, max: 7 }),
    exclude: fc.boolean(),
  })
  .map(({ contents, calls, finishes, fingerprint, tier, batch, exclude }) => {
    const events: readonly GenerationEvent[] = [
      { type: 'start', systemFingerprint: fingerprint },
      { type: 'committed', provider: 'Prov A', model: 'acme/m1', endpoint: 'acme/m1@prov-a', attempt: 1 },
      ...contents,
      ...callEvents(calls),
      ...finishes.map((finish, index): GenerationEvent => ({ type: 'finish', choice: index, ...finish })),
      { type: 'usage', usage, serviceTier: tier },
      { type: 'end', usage, cost },
    ]
    const batches: GenerationBatch[] = []
    for (let i = 0; i < events.length; i += batch) batches.push(events.slice(i, i + batch))
    return { batches, exclude }
  })

test('a chunk stream, read by another parser and put together, is what the JSON encoder makes of the same events', async () => {
  await fc.assert(
    fc.asyncProperty(generation, async ({ batches, exclude }) => {
      const identity = { id: 'gen-1-x', created: 1, now: () => 1_000 }
      const body = { model: 'acme/m1', messages: [{ role: 'user', content: 'hi' }], reasoning: { exclude } }
      const request = chatCompletionsClient.decodeRequest(body, {})
      const encode = chatCompletionsClient.streamEncoder(identity, request)
      const fold = new ResultFold()
      let bytes = ''
      for (const batch of batches) {
        bytes += encode(batch)
        fold.add(batch)
      }
      const encoded: unknown = JSON.parse(
        JSON.stringify(chatCompletionsClient.encodeResult(identity, fold.result(), request)),
      )
      const reply = Object(encoded)
      const { chunks, done } = await readStream(new Response(bytes))
      expect(done).toBe(true)
      expect(reply.choices).toHaveLength(3)
      for (const choice of reply.choices) {
        expect(contentOfStream(chunks, choice.index)).toEqual(contentOfReply(choice))
        const [first] = chunks.flatMap(({ choices }) => choices.filter(({ index }) => index === choice.index))
        expect(first?.delta).toMatchObject({ role: 'assistant' })
      }
      const last = chunks.at(-1)
      expect(last).toMatchObject({ choices: [], usage: reply.usage })
      expect(Object(last).service_tier ?? null).toBe(reply.service_tier)
      for (const chunk of chunks) {
        expect(chunk).toMatchObject({
          id: reply.id,
          model: reply.model,
          provider: reply.provider,
          created: reply.created,
        })
        expect(Object(chunk).system_fingerprint ?? null).toBe(reply.system_fingerprint)
        expect(Object(chunk)).not.toHaveProperty('error')
      }
    }),
    { numRuns: 500 },
  )
})
