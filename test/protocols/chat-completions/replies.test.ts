import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readStream } from '../../sse.ts'
import { type ScriptedVendors, startScriptedVendors } from './scripted-vendor.ts'

/** Replies of providers that differ from OpenAI's. */
let vendors: ScriptedVendors
beforeAll(async () => {
  vendors = await startScriptedVendors({ together: { model: 'deepseek-ai/DeepSeek-R1' } })
})
afterAll(() => vendors.close())

/** The lengths of the pieces into which the text is cut. */
const lengths = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 60 })
function cut(text: string, sizes: readonly number[]): readonly string[] {
  const pieces: string[] = []
  let rest = text
  for (const size of sizes) {
    if (rest === '') break
    pieces.push(rest.slice(0, size))
    rest = rest.slice(size)
  }
  return rest === '' ? pieces : [...pieces, rest]
}

describe('reasoning in the text, between tags', () => {
  const cases: readonly (readonly [text: string, reasoning: string, content: string])[] = [
    ['<think>\nHm.\n\nYes.\n</think>\n\nAnswer.\n', 'Hm.\n\nYes.', 'Answer.\n'],
    ['\n <think>Hm.</think>A </think> b <think>c</think>', 'Hm.', 'A </think> b <think>c</think>'],
    ['<think>\n\n</think>\n\nAnswer.', '', 'Answer.'],
    ['<think>Never closed </thin', 'Never closed </thin', ''],
    ['<think>a < b </ c</think>d', 'a < b </ c', 'd'],
    ['The tag <think> begins a thought</think>.', '', 'The tag <think> begins a thought</think>.'],
    ['<thinking>no</thinking>', '', '<thinking>no</thinking>'],
    ['<thi', '', '<thi'],
    [' \n plain', '', ' \n plain'],
  ]

  test.each(cases)('%j', async (text, reasoning, content) => {
    vendors.replyWith([{ content: text }])
    expect(await vendors.received('together', false)).toMatchObject({ reasoning, content, finish: 'stop' })
    await fc.assert(
      fc.asyncProperty(lengths, async (sizes) => {
        vendors.replyWith(cut(text, sizes).map((piece) => ({ content: piece })))
        expect(await vendors.received('together', true)).toMatchObject({ reasoning, content, finish: 'stop' })
      }),
      { numRuns: 8 },
    )
  })

  test('are part of the text where the provider is not known to send reasoning so, or has sent it separately', async () => {
    vendors.replyWith([{ content: '<think>Hm.</think>Yes' }])
    for (const stream of [false, true]) {
      expect(await vendors.received('openai', stream)).toMatchObject({
        reasoning: '',
        content: '<think>Hm.</think>Yes',
      })
    }
    vendors.replyWith([{ reasoning_content: 'Hm.', content: '<think> is a tag' }])
    for (const stream of [false, true]) {
      expect(await vendors.received('together', stream)).toMatchObject({
        reasoning: 'Hm.',
        content: '<think> is a tag',
      })
    }
  })

  test('come before calls', async () => {
    const call = { index: 0, id: 'c1', type: 'function', function: { name: 'f', arguments: '{}' } }
    vendors.replyWith([{ content: '<think>Hm.' }, { content: '</think>\n\n' }, { tool_calls: [call] }], 'tool_calls')
    expect(await vendors.received('together', true)).toMatchObject({
      reasoning: 'Hm.',
      content: '',
      toolCalls: [{ id: 'c1', name: 'f', arguments: '{}' }],
    })
  })

  test('take their logprobs along; the answer keeps its own', async () => {
    const token = (text: string) => ({ token: text, logprob: -0.1, bytes: null, top_logprobs: [] })
    vendors.replyWith([{ content: '<think>' }])
    const response = await logprobsOf(['<think>', 'Hm', '</think>', 'Yes'].map(token))
    expect(response).toEqual(['Yes'])
    expect(await logprobsOf(['<', 'b>', 'Yes'].map(token))).toEqual(['<', 'b>', 'Yes'])
  })

  async function logprobsOf(tokens: readonly { readonly token: string }[]): Promise<readonly unknown[]> {
    const choices = tokens.map((token, index) => ({
      index: 0,
      delta: { content: token.token },
      logprobs: { content: [token] },
      finish_reason: index === tokens.length - 1 ? 'stop' : null,
    }))
    vendors.replyWithChunks(choices.map((choice) => ({ id: 'x', choices: [choice] })))
    const received = await vendors.received('together', true)
    return received.logprobs.map((one) => Object(one).token)
  }
})

test('a call without arguments has an empty object of them', async () => {
  const call = (index: number, text?: string) => ({
    tool_calls: [{ index, id: `c${index}`, type: 'function', function: { name: 'f', arguments: text } }],
  })
  vendors.replyWith([call(0), call(1, ''), call(2, '{"a":1}')], 'tool_calls')
  const received = (await vendors.received('prov-a', true)).toolCalls.map((one) => one.arguments)
  expect(received).toEqual(['{}', '{}', '{"a":1}'])
  vendors.replyWith([call(0, '')], 'tool_calls')
  expect((await vendors.received('prov-a', false)).toolCalls).toEqual([{ id: 'c0', name: 'f', arguments: '{}' }])
})

describe('sources (Perplexity)', () => {
  test('come with their titles where there are any, each once', async () => {
    const [a, b] = ['https://a.example/', 'https://b.example/']
    vendors.replyWith([{ content: 'Yes[1][2].' }], 'stop', {
      citations: [a, b],
      search_results: [{ title: 'A', url: a, date: null }, { url: 'https://c.example/' }],
    })
    for (const stream of [false, true]) {
      expect((await vendors.received('perplexity', stream)).annotations).toEqual([
        { type: 'url_citation', url_citation: { url: a, title: 'A' } },
        { type: 'url_citation', url_citation: { url: b } },
        { type: 'url_citation', url_citation: { url: 'https://c.example/' } },
      ])
    }
  })
})

test('Groq: the reason why a stream breaks off is in x_groq', async () => {
  vendors.replyWithChunks([
    { id: 'x', choices: [{ index: 0, delta: { content: 'Ye' }, finish_reason: null }] },
    { id: 'x', choices: [], x_groq: { id: 'r', error: 'over_capacity' } },
  ])
  const { chunks } = await readStream(await vendors.chat({ model: 'test/groq', stream: true }))
  expect(Object(chunks.at(-1))).toMatchObject({ error: { code: 502 }, choices: [{ finish_reason: 'error' }] })
})
