import * as fc from 'fast-check'
import { word } from './request-fields.ts'

const perhaps = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined })

/** Texts that every protocol keeps unchanged. None accepts texts of white space only, and some trim the end of a text. */
const words = fc
  .tuple(word, fc.string({ unit: 'grapheme', maxLength: 20 }), word)
  .map(([first, middle, last]) => `${first} ${middle} ${last}`)

const textPart = fc.record({ type: fc.constant('text'), text: words })
const imagePart = fc
  .base64String({ minLength: 4, maxLength: 16 })
  .map((data) => ({ type: 'image_url', image_url: { url: `data:image/png;base64,${data}` } }))

const question = fc.oneof(words, fc.array(fc.oneof(textPart, imagePart), { minLength: 1, maxLength: 3 }))

const names = ['look_up', 'add', 'stop_it'] as const
const call = fc.record({ name: fc.constantFrom(...names), arguments: fc.object({ maxDepth: 1 }).map(asText) })

function asText(value: object): string {
  return JSON.stringify(value)
}

/** A question, perhaps tool calls with their results, and an answer. The id of a call is its position in the conversation. */
const turn = fc.record({
  question,
  calls: fc.array(call, { maxLength: 3 }),
  found: fc.array(fc.oneof(words, fc.constant('')), { minLength: 3, maxLength: 3 }),
  reversed: fc.boolean(),
  answer: words,
})

type Turn = typeof turn extends fc.Arbitrary<infer T> ? T : never

function messagesOf({ question, calls, found, reversed, answer }: Turn, index: number): readonly object[] {
  const tool_calls = calls.map((called, order) => ({
    id: `call_${index}_${order}`,
    type: 'function',
    function: called,
  }))
  const results = tool_calls.map(({ id }, order) => ({ role: 'tool', tool_call_id: id, content: found[order] }))
  const called = [{ role: 'assistant', content: null, tool_calls }, ...(reversed ? results.toReversed() : results)]
  return [
    { role: 'user', content: question },
    ...(calls.length > 0 ? called : []),
    { role: 'assistant', content: answer },
  ]
}

const conversation = fc
  .record({ system: fc.option(words), turns: fc.array(turn, { maxLength: 3 }), last: question })
  .map(({ system, turns, last }) => [
    ...(system === null ? [] : [{ role: 'system', content: system }]),
    ...turns.flatMap(messagesOf),
    { role: 'user', content: last },
  ])

const tools = names.map((name) => ({
  type: 'function',
  function: {
    name,
    description: `Does ${name}.`,
    parameters: { type: 'object', properties: { value: { type: 'string' } }, required: ['value'] },
  },
}))

/** Generates chats that all provider protocols can express, as bodies of `POST /chat/completions`. */
export const conversationRequest = fc
  .record({
    messages: conversation,
    tools: fc.constant(tools),
    tool_choice: perhaps(
      fc.oneof(
        fc.constantFrom('auto', 'required'),
        fc.constantFrom(...names).map((name) => ({ type: 'function', function: { name } })),
      ),
    ),
    max_tokens: fc.integer({ min: 16, max: 4000 }),
    temperature: perhaps(fc.double({ min: 0, max: 1, noNaN: true })),
    stop: perhaps(fc.uniqueArray(word, { minLength: 1, maxLength: 3 })),
    stream: fc.boolean(),
  })
  .map((body): Readonly<Record<string, unknown>> => JSON.parse(JSON.stringify(body)))
