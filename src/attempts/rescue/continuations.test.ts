import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Endpoint } from '../../catalog/endpoint.ts'
import { chatCompletionsClient } from '../../protocols/chat-completions/client.ts'
import { endpointOf } from '../testing/scripted-calls.ts'
import { type Continuation, continuations } from './continuations.ts'

const asked = (body: object = {}) =>
  chatCompletionsClient.decodeRequest({ messages: [{ role: 'user', content: 'hi' }], stream: true, ...body }, {})
const model = endpointOf('a').model

const allContinuations = (
  text: string,
  endpoint: Partial<Endpoint> = {},
  body: object = {},
): readonly Continuation[] => [
  ...continuations(asked(body), endpointOf('a', { prefill: true, ...endpoint }), text, model),
]
const continuationBy = (
  method: Continuation['method'],
  ...given: Parameters<typeof allContinuations>
): Continuation => {
  const found = allContinuations(...given).find((one) => one.method === method)
  if (found === undefined) throw new Error(`There is no ${method}.`)
  return found
}
const methods = (...given: Parameters<typeof allContinuations>) =>
  allContinuations(...given).map(({ method }) => method)
/** The texts of the last messages, as many as are asked for. */
const lastTexts = ({ request }: Continuation, count: number): readonly string[] =>
  request.input.type !== 'messages'
    ? []
    : request.input.messages
        .slice(-count)
        .map(({ content }) => content.map((part) => (part.type === 'text' ? part.text : '')).join(''))

const sent = 'Once upon a time there was a river that carried small boats past quiet fields'

describe('continuations', () => {
  test('come in the order of safety', () => {
    expect(methods(sent)).toEqual(['prefill', 'replay', 'instruction'])
    expect(methods(sent, { prefill: false })).toEqual(['replay', 'instruction'])
  })

  test('of another model include no replay', () => {
    expect(methods(sent, { model: 'acme/m2' })).toEqual(['prefill', 'instruction'])
    expect(methods('', { model: 'acme/m2' })).toEqual(['replay'])
  })

  test.each(['json_object', 'json_schema'])('with %s are replays alone', (type) => {
    const format = { type, ...(type === 'json_schema' && { json_schema: { name: 'n', schema: {} } }) }
    expect(methods(sent, {}, { response_format: format })).toEqual(['replay'])
    expect(methods(sent, {}, { response_format: { type: 'text' } })).toHaveLength(3)
  })
})

describe('a prefill', () => {
  test.each([
    ['white space', 'One two \n\n', 'One two', ' \n\n'],
    ['half a character', 'One two\ud83d', 'One two', '\ud83d'],
    ['both', 'One two \ud83d', 'One two', ' \ud83d'],
    ['neither', 'One two', 'One two', ''],
  ])('does not end in %s: the answer must begin with it', (_, text, begun, overlap) => {
    const prefill = continuationBy('prefill', text)
    expect(lastTexts(prefill, 2)).toEqual(['hi', begun])
    expect(prefill).toMatchObject({ overlap, opening: text, whole: text, after: text.length })
  })

  test('is not made where only white space was sent', () => expect(methods(' \n')).toEqual(['replay']))

  test('continues the message that the client began', () => {
    const messages = [
      { role: 'user', content: 'hi' },
      { role: 'assistant', content: [{ type: 'text', text: 'Once ' }] },
    ]
    expect(lastTexts(continuationBy('prefill', 'upon a time', {}, { messages }), 2)).toEqual(['hi', 'Once upon a time'])
  })
})

describe('an instruction', () => {
  test('follows what was sent, and names its last words, from the beginning of one on', () => {
    const { overlap, ...rest } = continuationBy('instruction', sent)
    expect(overlap).toBe('that carried small boats past quiet fields')
    const [answer, told] = lastTexts({ overlap, ...rest }, 2)
    expect(answer).toBe(sent)
    expect(told?.endsWith(`\n\n${overlap}`)).toBe(true)
  })

  test.each([
    ['so few words that they could be meant otherwise', 'Once upon a time'],
    ['words that occur twice', 'la la la la '.repeat(40)],
    ['half a character', `${sent}\ud83d`],
  ])('is not made for %s', (_, text) => expect(methods(text)).not.toContain('instruction'))

  test('names more words where the last ones occur twice', () => {
    const end = ' and so it went on and on, until the evening came at last'
    const { overlap } = continuationBy('instruction', `${sent}${end}, and then in other words:${end}`)
    expect(overlap.endsWith(`words:${end}`)).toBe(true)
  })

  test('names words that are the end of what was sent, and stand nowhere else in it', () => {
    const words = fc.array(fc.constantFrom('a', 'bb', ' ', '\n', '日本', '🙂', 'river', 'boats', 'fields'))
    fc.assert(
      fc.property(words, (parts) => {
        const text = parts.join('')
        const found = allContinuations(text).find(({ method }) => method === 'instruction')
        fc.pre(found !== undefined)
        expect(found.overlap.length).toBeGreaterThanOrEqual(24)
        expect(text.endsWith(found.overlap)).toBe(true)
        expect(text.split(found.overlap)).toHaveLength(2)
        expect(found.overlap.isWellFormed()).toBe(true)
      }),
    )
  })
})

test('the limit of the whole answer is lowered for its rest, and never to nothing', () => {
  const limits = (text: string) =>
    allContinuations(text, {}, { max_tokens: 50 }).map(({ request }) => request.parameters.maxTokens)
  const [prefill = 0, replay, instruction = 0] = limits(sent)
  expect(replay).toBe(50)
  expect(prefill).toBeLessThan(50 - 8)
  expect(instruction).toBeGreaterThan(prefill)
  expect(limits(sent.repeat(20))[0]).toBe(1)
})
