import { afterAll, beforeAll, expect, test } from 'vitest'
import { at, dataFrames, post, streamedText } from '../../test-client.ts'
import { simulatedText } from '../../simulated-text.ts'
import { startSimulator, type Simulator } from '../../simulator.ts'

let simulator: Simulator
beforeAll(async () => {
  simulator = await startSimulator()
})
afterAll(() => simulator.close())

const url = (): string => `${simulator.url}/v1/completions`
const send = (extra: object) => post(url(), { model: 'tokens-5', prompt: 'Once upon', ...extra })
const json = async (extra: object = {}): Promise<unknown> => JSON.parse((await send(extra)).text)
const texts = (reply: unknown): readonly unknown[] => {
  const choices = at(reply, 'choices')
  return Array.isArray(choices) ? choices.map((choice) => at(choice, 'text')) : []
}

test('a JSON reply', async () => {
  expect(await json()).toMatchObject({
    id: expect.stringMatching(/^cmpl-/),
    object: 'text_completion',
    model: 'tokens-5',
    choices: [{ text: simulatedText(5), index: 0, logprobs: null, finish_reason: 'stop' }],
    usage: { prompt_tokens: 2, completion_tokens: 5, total_tokens: 7 },
  })
})

test('a stream has text for every choice, the finish, usage when requested, and [DONE]', async () => {
  const { text } = await send({ stream: true, stream_options: { include_usage: true } })
  const frames = dataFrames(text)
  expect(streamedText(text)).toBe(simulatedText(5))
  expect(frames).toHaveLength(8)
  for (const frame of frames.slice(0, 6)) expect(at(frame, 'choices', 0, 'text')).toEqual(expect.any(String))
  expect(at(frames, 5, 'choices', 0, 'finish_reason')).toBe('stop')
  expect(frames[6]).toMatchObject({ object: 'text_completion', choices: [], usage: { completion_tokens: 5 } })
  expect(frames[7]).toBe('[DONE]')
})

test('prompts may have all four forms; choices are numbered prompt by prompt', async () => {
  const batch = await json({ prompt: ['a b', 'c'], n: 2, echo: true })
  const prompts = ['a b', 'a b', 'c', 'c']
  expect(texts(batch)).toEqual(prompts.map((prompt, index) => prompt + simulatedText(5, index)))
  expect(at(batch, 'usage')).toMatchObject({ prompt_tokens: 3, completion_tokens: 20 })
  expect(at(await json({ prompt: [1, 2, 3] }), 'usage', 'prompt_tokens')).toBe(3)
  const tokens = await json({ prompt: [[1, 2], [3]], echo: true })
  expect(texts(tokens)).toHaveLength(2)
  expect(texts(tokens)[0]).toBe(` river carries${simulatedText(5)}`)
})

test.each([[undefined], [null], [{}], [[]], [['a', 1]], [[[]]], [[-1]]])('prompt %j is refused', async (prompt) => {
  const { status, text } = await send({ prompt })
  expect(status).toBe(400)
  expect(text).toContain('prompt')
})

test('best_of bills every candidate and must not be less than n', async () => {
  expect(at(await json({ n: 2, best_of: 3 }), 'usage', 'completion_tokens')).toBe(15)
  expect((await send({ n: 2, best_of: 1 })).status).toBe(400)
})

test('suffix counts as prompt; stop and max_tokens apply', async () => {
  expect(at(await json({ suffix: ' the end' }), 'usage', 'prompt_tokens')).toBe(4)
  expect(at(await json({ max_tokens: 2 }), 'choices', 0)).toMatchObject({ text: 'The river', finish_reason: 'length' })
  expect(at(await json({ stop: ' carries' }), 'choices', 0)).toMatchObject({ text: 'The river', finish_reason: 'stop' })
})

test('logprobs is an integer; the first echoed token has none', async () => {
  const logprobs = at(await json({ logprobs: 2 }), 'choices', 0, 'logprobs')
  expect(logprobs).toMatchObject({ tokens: ['The', ' river', ' carries', ' small', ' boats'] })
  expect(at(logprobs, 'text_offset')).toEqual([0, 3, 9, 17, 23])
  expect(Object.keys(Object(at(logprobs, 'top_logprobs', 1)))).toHaveLength(2)
  const echoed = at(await json({ logprobs: 0, echo: true }), 'choices', 0, 'logprobs')
  expect(at(echoed, 'tokens')).toHaveLength(7)
  expect(at(echoed, 'token_logprobs', 0)).toBe(null)
  expect(at(echoed, 'token_logprobs', 1)).toBeLessThan(0)
  expect(at(echoed, 'top_logprobs')).toBe(null)

  const { text } = await send({ logprobs: 2, echo: true, stream: true })
  const offsets = dataFrames(text).flatMap((frame) => at(frame, 'choices', 0, 'logprobs', 'text_offset') ?? [])
  expect(offsets).toEqual([0, 4, 9, 12, 18, 26, 32])
})

test('has the same faults as chat completions', async () => {
  const cut = await send({ model: 'cut-after-2', stream: true })
  expect(cut.ending).toBe('ECONNRESET')
  expect(streamedText(cut.text)).toBe(simulatedText(2))
  expect((await send({ model: 'status-503' })).status).toBe(503)
})
