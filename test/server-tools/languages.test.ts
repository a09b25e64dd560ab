import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type GatewayOfAll, startGatewayOfAll } from '../protocols/languages/gateway-of-all.ts'
import { languageNamed, languageNames } from '../protocols/languages/languages.ts'
import { settled, withoutThoughts } from '../protocols/languages/neutral-request.ts'
import { readStream } from '../sse.ts'

let gateway: GatewayOfAll
beforeAll(async () => {
  gateway = await startGatewayOfAll({
    'one-a-turn': ['each-tool+usage-100-10'],
    'all-at-once': ['all-tools'],
    endless: ['endless-tool-calls'],
    thinks: ['reasoning+each-tool'],
  })
})
afterAll(() => gateway.close())
beforeEach(() => gateway.upstream.clearJournal())

const city = {
  type: 'object',
  properties: { city: { type: 'string' } },
  required: ['city'],
  additionalProperties: false,
}
const tools = [
  { type: 'openrouter:datetime' },
  { type: 'openrouter:experimental__search_models' },
  { type: 'function', function: { name: 'weather', parameters: city } },
]

interface Message {
  readonly role: 'assistant'
  readonly content: string | null
  readonly tool_calls?: readonly {
    readonly id: string
    readonly function: { readonly name: string; readonly arguments: string }
  }[]
  readonly reasoning_details?: readonly Readonly<Record<string, unknown>>[]
}

interface Delta {
  readonly tool_calls?: readonly {
    readonly index: number
    readonly id: string
    readonly function: { readonly name: string; readonly arguments: string }
  }[]
  readonly reasoning_details?: readonly Readonly<Record<string, unknown>>[]
}

interface Answer {
  readonly message: Message
  readonly finish: string
  readonly usage: { readonly cost: number; readonly prompt_tokens: number; readonly completion_tokens: number }
}

/** Asks, and puts a streamed answer together as a client would. */
async function ask(model: string, messages: readonly object[], stream: boolean): Promise<Answer> {
  const response = await gateway.chat({ model, messages, tools, stream })
  if (!stream) {
    const { choices, usage, error } = JSON.parse(await response.text())
    expect(error).toBeUndefined()
    return { message: choices[0].message, finish: choices[0].finish_reason, usage }
  }
  const { chunks, text } = await readStream(response)
  const deltas = chunks.flatMap(({ choices }) => choices.map(({ delta }) => delta as Delta))
  const calls: { id: string; type: string; function: { name: string; arguments: string } }[] = []
  for (const { tool_calls: pieces = [] } of deltas) {
    for (const { index, id, function: called } of pieces) {
      const call = (calls[index] ??= { id, type: 'function', function: { name: called.name, arguments: '' } })
      call.function.arguments += called.arguments
    }
  }
  const details = deltas.flatMap(({ reasoning_details: pieces = [] }) => pieces)
  return {
    message: { role: 'assistant', content: text, tool_calls: calls, reasoning_details: details },
    finish: chunks.flatMap(({ choices }) => choices.flatMap(({ finish_reason: reason }) => reason ?? [])).join(),
    usage: chunks.at(-1)?.usage as Answer['usage'],
  }
}

/** The conversations that reached the upstream: who called and answered what, in order. */
const received = (protocol: string) =>
  gateway.upstream
    .journal()
    .map(({ body }) =>
      withoutThoughts(settled(languageNamed(protocol).read(body as object).turns)).map(({ role, parts }) => [
        role,
        ...parts.map((part) =>
          part.type === 'call' ? `calls ${part.name}` : part.type === 'result' ? 'result' : part.type,
        ),
      ]),
    )

describe.each(languageNames)('through %s', (protocol) => {
  test.each([
    ['JSON', false],
    ['a stream', true],
  ])('two server tools and a function of the client, as %s', async (_, stream) => {
    const model = `${protocol}/one-a-turn`
    const user = { role: 'user', content: 'What now?' }
    const first = await ask(model, [user], stream)
    expect(first.finish).toBe('tool_calls')
    expect(first.message.tool_calls?.map(({ function: { name } }) => name)).toEqual(['weather'])
    expect(first.message.reasoning_details?.filter(({ type }) => type === 'reasoning.server_tool_call')).toHaveLength(2)
    expect(received(protocol).at(-1)).toEqual([
      ['user', 'text'],
      ['assistant', 'calls datetime'],
      ['user', 'result'],
      ['assistant', 'calls search_models'],
      ['user', 'result'],
    ])
    // Three turns of 100 and 10 tokens at 1 and 2 USD per million.
    expect(first.usage).toMatchObject({ prompt_tokens: 300, completion_tokens: 30, cost: 0.00036 })

    const result = { role: 'tool', tool_call_id: first.message.tool_calls?.[0]?.id, content: 'sunny' }
    const second = await ask(model, [user, first.message, result], stream)
    expect(second.finish).toBe('stop')
    expect(second.message.content).toMatch(/^The river/)
    expect(received(protocol).at(-1)).toEqual([
      ['user', 'text'],
      ['assistant', 'calls datetime'],
      ['user', 'result'],
      ['assistant', 'calls search_models'],
      ['user', 'result'],
      ['assistant', 'calls weather'],
      ['user', 'result'],
    ])
    expect(gateway.upstream.journal().every(({ status }) => status === 200)).toBe(true)
  })

  test.each([
    ['JSON', false],
    ['a stream', true],
  ])(
    'all in one turn: the client gets its call, and the next request goes on where it was, as %s',
    async (_, stream) => {
      const model = `${protocol}/all-at-once`
      const user = { role: 'user', content: 'What now?' }
      const first = await ask(model, [user], stream)
      expect(first.finish).toBe('tool_calls')
      expect(first.message.tool_calls?.map(({ function: { name } }) => name)).toEqual(['weather'])
      const result = { role: 'tool', tool_call_id: first.message.tool_calls?.[0]?.id, content: 'sunny' }
      const second = await ask(model, [user, first.message, result], stream)
      expect(second.message.content).toMatch(/^The river/)
      expect(received(protocol)).toEqual([
        [['user', 'text']],
        [
          ['user', 'text'],
          ['assistant', 'calls datetime', 'calls search_models', 'calls weather'],
          ['user', 'result', 'result', 'result'],
        ],
      ])
    },
  )

  test('an endless caller ends in text', async () => {
    const { message, finish } = await ask(`${protocol}/endless`, [{ role: 'user', content: 'Go.' }], false)
    expect(finish).toBe('stop')
    // Bedrock has no way to forbid tools. It is asked in words, and calls that it makes all the same are not run.
    if (protocol === 'converse') expect(received(protocol).at(-1)?.at(-1)).toEqual(['user', 'result', 'text'])
    else expect(message.content).toMatch(/^The river/)
  })

  test('what was thought before a call comes back in the next turn, sealed as it was', async () => {
    await ask(`${protocol}/thinks`, [{ role: 'user', content: 'What now?' }], true)
    const [first, second] = gateway.upstream
      .journal()
      .map(({ body }) => languageNamed(protocol).read(body as object).turns)
    const thoughts = (turns = first) =>
      turns?.flatMap(({ parts }) => parts.filter(({ type }) => type === 'thought')) ?? []
    expect(thoughts(first)).toEqual([])
    // A host of chat completions gets reasoning back only where its model's template asks for it.
    if (protocol === 'chat-completions') return
    expect(thoughts(second)).toEqual([expect.objectContaining({ type: 'thought' })])
    if (protocol !== 'cohere-chat')
      expect(thoughts(second)).toEqual([expect.objectContaining({ seal: expect.any(String) })])
  })
})
