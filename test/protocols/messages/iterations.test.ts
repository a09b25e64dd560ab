import { afterAll, beforeAll, expect, test } from 'vitest'
import { asObject } from '../../acceptance/exchange.ts'
import { readStream } from '../../sse.ts'
import { asEvents, asJson, type ScriptedGateway, startScriptedGateway } from '../scripted-gateway.ts'

let gateway: ScriptedGateway
beforeAll(async () => {
  gateway = await startScriptedGateway('messages')
})
afterAll(() => gateway.close())

const iteration = (type: string, input_tokens: number, output_tokens: number, more: object = {}) => ({
  type,
  input_tokens,
  output_tokens,
  cache_read_input_tokens: 0,
  cache_creation_input_tokens: 0,
  ...more,
})

/** Anthropic's total for an answer does not include the tokens of context compaction and of an advisor. */
const cases: Readonly<Record<string, readonly [usage: object, prompt: number, completion: number]>> = {
  'no list of iterations': [{ input_tokens: 10, output_tokens: 3 }, 10, 3],
  'an empty list': [{ input_tokens: 10, output_tokens: 3, iterations: [] }, 10, 3],
  'null in place of a list': [{ input_tokens: 10, output_tokens: 3, iterations: null }, 10, 3],
  'one answer': [{ input_tokens: 10, output_tokens: 3, iterations: [iteration('message', 10, 3)] }, 10, 3],
  'a summary before the answer': [
    { input_tokens: 23, output_tokens: 4, iterations: [iteration('compaction', 180, 35), iteration('message', 23, 4)] },
    203,
    39,
  ],
  'the turns of a tool that the vendor runs, which the whole holds': [
    { input_tokens: 30, output_tokens: 7, iterations: [iteration('message', 10, 3), iteration('message', 20, 4)] },
    30,
    7,
  ],
  'an advisor': [
    {
      input_tokens: 30,
      output_tokens: 7,
      iterations: [iteration('message', 30, 7), iteration('advisor_message', 50, 9)],
    },
    80,
    16,
  ],
  'iterations that came from the cache and went into it': [
    {
      input_tokens: 1,
      output_tokens: 2,
      cache_read_input_tokens: 100,
      cache_creation_input_tokens: 10,
      iterations: [
        iteration('compaction', 5, 1, { cache_read_input_tokens: 40 }),
        iteration('message', 1, 2, { cache_read_input_tokens: 100, cache_creation_input_tokens: 10 }),
      ],
    },
    156,
    3,
  ],
  'fewer than the whole, while the last one runs': [
    { input_tokens: 30, output_tokens: 7, iterations: [iteration('message', 10, 3)] },
    30,
    7,
  ],
  'something that is no iteration': [
    { input_tokens: 10, output_tokens: 3, iterations: [null, 'x', { type: 'message' }, iteration('message', 10, 3)] },
    10,
    3,
  ],
}

test.each(Object.entries(cases))('usage with %s', async (_, [usage, prompt_tokens, completion_tokens]) => {
  const message = { id: 'm', type: 'message', role: 'assistant', stop_reason: 'end_turn', usage }
  const counts = { prompt_tokens, completion_tokens, total_tokens: prompt_tokens + completion_tokens }
  gateway.answers(asJson({ ...message, content: [{ type: 'text', text: 'Hi' }] }))
  const whole = await gateway.chat({ model: 'test/m' })
  expect(asObject(await whole.json())['usage']).toMatchObject(counts)

  gateway.answers(
    asEvents([
      { type: 'message_start', message: { id: 'm', usage: { input_tokens: 1, output_tokens: 1 } } },
      { type: 'content_block_start', index: 0, content_block: { type: 'text', text: 'Hi' } },
      { type: 'content_block_stop', index: 0 },
      { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage },
      { type: 'message_stop' },
    ]),
  )
  const { chunks } = await readStream(await gateway.chat({ model: 'test/m', stream: true }))
  expect(asObject(chunks.at(-1))['usage']).toMatchObject(counts)
})

test('what was kept for an hour is summed up as well, since it costs more', async () => {
  const written = (count: number) => ({
    cache_creation_input_tokens: count,
    cache_creation: { ephemeral_1h_input_tokens: count, ephemeral_5m_input_tokens: 0 },
  })
  const usage = {
    input_tokens: 1,
    output_tokens: 1,
    ...written(10),
    iterations: [iteration('compaction', 1, 1, written(5)), iteration('message', 1, 1, written(10))],
  }
  gateway.answers(asJson({ id: 'm', content: [{ type: 'text', text: 'Hi' }], stop_reason: 'end_turn', usage }))
  const reply = asObject(await (await gateway.chat({ model: 'test/m' })).json())
  expect(reply['usage']).toMatchObject({ prompt_tokens: 17, prompt_tokens_details: { cache_write_tokens: 15 } })
})
