import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startGateway, type TestGateway } from '../gateway.ts'
import { readStream } from '../sse.ts'
import { contentOfReply, contentOfStream } from '../choice-content.ts'

/** Ways to deliver an answer, and contents of an answer. None of them is a fault. */
const delivery = fc.subarray(['fragment-bytes', 'crlf', 'comments', 'no-done', 'no-usage', 'pace-1', 'ping-1'])
const content = fc.subarray(['image', 'citations', 'reasoning', 'cached-3'])
const kind = fc.oneof(
  fc.constantFrom(
    'tool-call',
    'parallel-tool-calls',
    'refusal',
    'reasoning-field',
    'audio',
    'finish-content_filter',
    'finish-eos',
  ),
  fc.nat(40).map((tokens) => `tokens-${tokens + 1}`),
  fc.tuple(fc.nat(1000), fc.nat(1000)).map(([prompt, completion]) => `usage-${prompt}-${completion + 1}`),
)
const behaviour = fc.tuple(delivery, content, kind).map(([how, what, rest]) => [...how, ...what, rest].join('+'))

const ask = fc.record(
  {
    max_tokens: fc.integer({ min: 1, max: 30 }),
    stop: fc.constantFrom('green', 'quiet fields', ['bank', 'the']),
    response_format: fc.constant({
      type: 'json_schema',
      json_schema: {
        name: 'n',
        schema: { type: 'object', properties: { a: { type: 'string' }, 'ü💧': { type: 'number' } } },
      },
    }),
    logprobs: fc.constant(true),
    reasoning: fc.record({ exclude: fc.boolean() }),
  },
  { requiredKeys: [] },
)

const rows = [
  { name: 'chat', path: '/api/v1/chat/completions', input: { messages: [{ role: 'user', content: 'hi' }] } },
  { name: 'completions', path: '/api/v1/completions', input: { prompt: 'hi' } },
]

describe.each(rows)('$name', ({ name, path, input }) => {
  let gateway: TestGateway
  beforeAll(async () => {
    gateway = await startGateway()
  })
  afterAll(() => gateway.close())

  test('a stream put together is the JSON reply to the same request', async () => {
    await fc.assert(
      fc.asyncProperty(behaviour, ask, async (named, wishes) => {
        gateway.simulator.setBehaviour(named)
        const { logprobs, ...common } = wishes
        const body = { model: 'acme/m2', ...input, ...common, ...(name === 'chat' && { logprobs }) }
        const [streamed, whole] = await Promise.all([
          gateway.post(path, { ...body, stream: true }),
          gateway.post(path, body),
        ])
        expect(streamed.status).toBe(whole.status)
        if (whole.status !== 200) {
          // An answer that stops before its first word is refused in both forms.
          expect(whole.status).toBe(502)
          await Promise.all([streamed.text(), whole.text()])
          return
        }
        const { chunks, done, text } = await readStream(streamed)
        const reply: unknown = await whole.json()
        const { choices, usage } = Object(reply)
        expect(done).toBe(true)
        expect(chunks.at(-1)?.usage).toEqual(usage)
        if (name === 'completions') {
          expect(text).toBe(choices[0].text)
          return
        }
        const [received, known] = [contentOfStream(chunks), contentOfReply(choices[0])]
        // The simulator's ids of calls are random.
        const anonymous = (calls: typeof received.toolCalls) => calls.map((call) => ({ ...call, id: call.id !== '' }))
        expect({ ...received, toolCalls: anonymous(received.toolCalls) }).toEqual({
          ...known,
          toolCalls: anonymous(known.toolCalls),
        })
      }),
      { numRuns: 120 },
    )
  })
})
