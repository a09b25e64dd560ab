import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type GatewayOfAll, startGatewayOfAll } from './languages/gateway-of-all.ts'
import { languageNames } from './languages/languages.ts'

/**
 * Conversations of five turns that change the surface and the provider with every request. The simulator enforces each vendor's rules. The
 * client keeps what it was answered, and sends it back as it came on the same surface, and in the other's words on another.
 */
let gateway: GatewayOfAll
beforeAll(async () => {
  gateway = await startGatewayOfAll({ calls: ['tokens-4+reasoning+tool-call'], says: ['tokens-4+reasoning'] })
})
afterAll(() => gateway.close())

type Json = ReturnType<typeof JSON.parse>

/** One entry of the conversation, in no vendor's words. */
type Entry =
  | { readonly type: 'user'; readonly text: string }
  | { readonly type: 'result'; readonly id: string; readonly text: string }
  | {
      readonly type: 'answer'
      readonly text: string
      readonly calls: readonly { readonly id: string; readonly name: string; readonly arguments: string }[]
      /** The answer as it came, and on which surface. */
      readonly surface: string
      readonly original: readonly Json[]
    }

interface Surface {
  readonly name: string
  readonly path: string
  readonly request: (said: readonly Json[]) => object
  readonly encode: (entry: Entry) => readonly Json[]
  readonly decode: (reply: Json) => Omit<Extract<Entry, { type: 'answer' }>, 'type' | 'surface'>
}

const schema = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] }
const description = 'Tells the weather.'
const name = 'get_weather'

const surfaces: readonly Surface[] = [
  {
    name: 'chat',
    path: '/api/v1/chat/completions',
    request: (messages) => ({
      ...{ messages, reasoning: { effort: 'low' }, max_tokens: 3_000 },
      tools: [{ type: 'function', function: { name, description, parameters: schema } }],
    }),
    encode: (entry) => {
      if (entry.type === 'user') return [{ role: 'user', content: entry.text }]
      if (entry.type === 'result') return [{ role: 'tool', tool_call_id: entry.id, content: entry.text }]
      const calls = entry.calls.map(({ id, ...called }) => ({ id, type: 'function', function: called }))
      return [{ role: 'assistant', content: entry.text, ...(calls.length > 0 && { tool_calls: calls }) }]
    },
    decode: ({ choices: [{ message }] }) => ({
      text: message.content ?? '',
      calls: (message.tool_calls ?? []).map(({ id, function: called }: Json) => ({ id, ...called })),
      original: [message],
    }),
  },
  {
    name: 'messages',
    path: '/api/v1/messages',
    request: (messages) => ({
      ...{ messages, max_tokens: 3_000, thinking: { type: 'enabled', budget_tokens: 1_024 } },
      tools: [{ name, description, input_schema: schema }],
    }),
    encode: (entry) => {
      if (entry.type === 'user') return [{ role: 'user', content: entry.text }]
      if (entry.type === 'result') {
        return [{ role: 'user', content: [{ type: 'tool_result', tool_use_id: entry.id, content: entry.text }] }]
      }
      const text = entry.text === '' ? [] : [{ type: 'text', text: entry.text }]
      const calls = entry.calls.map((call) => ({
        ...{ type: 'tool_use', id: call.id, name: call.name },
        input: JSON.parse(call.arguments),
      }))
      return [{ role: 'assistant', content: [...text, ...calls] }]
    },
    decode: ({ content }) => ({
      text: content.map(({ text = '' }: Json) => text).join(''),
      calls: content
        .filter(({ type }: Json) => type === 'tool_use')
        .map((call: Json) => ({ id: call.id, name: call.name, arguments: JSON.stringify(call.input) })),
      original: [{ role: 'assistant', content }],
    }),
  },
  {
    name: 'responses',
    path: '/api/v1/responses',
    request: (input) => ({
      ...{ input, reasoning: { effort: 'low' }, max_output_tokens: 3_000, include: ['reasoning.encrypted_content'] },
      tools: [{ type: 'function', name, description, parameters: schema, strict: false }],
    }),
    encode: (entry) => {
      if (entry.type === 'user') return [{ role: 'user', content: entry.text }]
      if (entry.type === 'result') return [{ type: 'function_call_output', call_id: entry.id, output: entry.text }]
      const text = entry.text === '' ? [] : [{ role: 'assistant', content: entry.text }]
      const calls = entry.calls.map(({ id, ...call }) => ({ type: 'function_call', call_id: id, ...call }))
      return [...text, ...calls]
    },
    decode: ({ output }) => ({
      text: output
        .flatMap(({ content = [] }: Json) =>
          content.map(({ type, text }: Json) => (type === 'output_text' ? text : '')),
        )
        .join(''),
      calls: output
        .filter(({ type }: Json) => type === 'function_call')
        .map((call: Json) => ({ id: call.call_id, name: call.name, arguments: call.arguments })),
      original: output,
    }),
  },
]

const turns = ['Is it warm?', 'And tomorrow?', 'Größer – 😀?', 'Where else?', 'Is that all?']

describe.each(languageNames)('from %s', (from) => {
  test.each(languageNames)('to %s and back, on another surface with each request', async (to) => {
    const said: Entry[] = []
    let asked = 0
    const ask = async (model: string): Promise<Extract<Entry, { type: 'answer' }>> => {
      const surface = surfaces[asked % surfaces.length] ?? expect.fail('no surface')
      // A call and its result are at two providers, too.
      const language = asked % 2 === 0 ? from : to
      asked++
      const words = said.flatMap((entry) =>
        entry.type === 'answer' && entry.surface === surface.name ? entry.original : surface.encode(entry),
      )
      const body = { model: `${language}/${model}`, ...surface.request(words) }
      const response = await gateway.post(surface.path, body)
      const reply: Json = await response.json()
      expect(response.status, `${asked}: ${surface.name} at ${language}: ${JSON.stringify(reply)}`).toBe(200)
      const answer = { type: 'answer', surface: surface.name, ...surface.decode(reply) } as const
      said.push(answer)
      return answer
    }
    for (const text of turns) {
      said.push({ type: 'user', text })
      const { calls } = await ask('calls')
      expect(calls.length).toBeGreaterThan(0)
      for (const { id } of calls) said.push({ type: 'result', id, text: `It is mild. ${text}` })
      expect((await ask('says')).text).not.toBe('')
    }
    // The whole conversation reached the last provider.
    const last = JSON.stringify(gateway.upstream.journal().at(-1)?.body)
    for (const text of turns) expect(last).toContain(text)
  })
})
