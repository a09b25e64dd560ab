import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Message } from '../../canonical/message.ts'
import { estimateMessage, estimateTokens } from '../../canonical/prompt-tokens.ts'
import { middleOut } from './middle-out.ts'
import { shortenPrompts, shortenText } from './shorten-text.ts'

const words = fc
  .tuple(fc.constantFrom('alpha beta ', '日本語', 'x1 ', '𝒳', '{"a": 1}, '), fc.nat({ max: 120 }))
  .map(([unit, count]) => unit.repeat(count))
const text = words.map((each) => [{ type: 'text', text: each }] as const)

/** One exchange: a question and an answer, with or without calls and thoughts. Ids repeat, as those of careless clients do. */
const exchange = fc
  .record({
    question: text,
    answer: text,
    calls: fc.array(fc.record({ id: fc.constantFrom('a', 'b', 'c'), result: text }), { maxLength: 3 }),
    asks: fc.boolean(),
  })
  .map(({ question, answer, calls, asks }): readonly Message[] => {
    const distinct = [...new Map(calls.map((call) => [call.id, call])).values()]
    const calling: readonly Message[] = [
      {
        role: 'assistant',
        content: [],
        toolCalls: distinct.map(({ id }) => ({ id, name: 'f', arguments: '{}' })),
        reasoningDetails: [{ type: 'text', text: 'thought', signature: 's', id: null, format: null }],
      },
      ...distinct.map(({ id, result }): Message => ({ role: 'tool', toolCallId: id, content: result })),
    ]
    return [
      ...(asks ? [{ role: 'user', content: question } as const] : []),
      ...(distinct.length > 0 ? calling : []),
      { role: 'assistant', content: answer, toolCalls: [] },
    ]
  })
const conversation = fc
  .record({
    system: fc.option(text),
    exchanges: fc.array(exchange, { maxLength: 12 }),
    late: fc.boolean(),
    last: text,
    tail: fc.option(exchange),
  })
  .map(({ system, exchanges, late, last, tail }): readonly Message[] => [
    ...(system === null ? [] : [{ role: 'system', content: system } as const]),
    ...exchanges.flat(),
    ...(late ? [{ role: 'developer', content: [{ type: 'text', text: 'Be brief.' }] } as const] : []),
    { role: 'user', content: last },
    ...(tail ?? []),
  ])

const tokensOf = (messages: readonly Message[]): number =>
  messages.reduce((sum, message) => sum + estimateMessage(message), 0)

/** What a message is apart from the texts that may be cut. */
const sameButText = (one: Message, other: Message): boolean =>
  JSON.stringify({ ...one, content: one.content.map(({ type }) => type) }) ===
  JSON.stringify({ ...other, content: other.content.map(({ type }) => type) })

/** Finds which message each of the kept ones was, or fails. */
function positionsOf(kept: readonly Message[], all: readonly Message[]): readonly number[] {
  let from = 0
  return kept.map((message) => {
    const same = all.indexOf(message, from)
    const position = same !== -1 ? same : all.findIndex((each, index) => index >= from && sameButText(each, message))
    expect(position).toBeGreaterThanOrEqual(from)
    from = position + 1
    return position
  })
}

describe('contract §6.4: middle-out', () => {
  test('the result fits, keeps its order, its instructions, its last question, its end, and its calls with their results', () => {
    let shortened = 0
    fc.assert(
      fc.property(
        conversation,
        fc.integer({ min: 50, max: 800 }),
        fc.integer({ min: 4, max: 60 }),
        (all, tokens, most) => {
          const kept = middleOut(all, tokens, most)
          if (kept === null) return
          if (kept.length < all.length) shortened++
          const pinned = all.filter(({ role }) => role === 'system' || role === 'developer')
          expect(tokensOf(kept)).toBeLessThanOrEqual(tokens)
          for (const message of pinned) expect(kept).toContain(message)
          const roles = kept.map(({ role }) => role)
          expect(roles).toContain('user')
          const lastQuestion = all.findLastIndex(({ role }) => role === 'user')
          const keptQuestion = kept.findLast(({ role }) => role === 'user')
          expect(
            keptQuestion === all[lastQuestion] || sameButText(keptQuestion as Message, all[lastQuestion] as Message),
          ).toBe(true)
          expect(sameButText(kept.at(-1) as Message, all.at(-1) as Message)).toBe(true)
          positionsOf(kept, all)
          // Each result follows its call, and each call has all its results.
          for (const [index, message] of kept.entries()) {
            if (message.role === 'tool') {
              const calling = kept
                .slice(0, index)
                .findLast((each) => each.role === 'assistant' && each.toolCalls.length > 0)
              expect(
                calling?.role === 'assistant' && calling.toolCalls.some(({ id }) => id === message.toolCallId),
              ).toBe(true)
            }
            if (message.role === 'assistant' && message.toolCalls.length > 0) {
              const results = kept.slice(index + 1, index + 1 + message.toolCalls.length)
              expect(results.map((each) => (each.role === 'tool' ? each.toolCallId : ''))).toEqual(
                message.toolCalls.map(({ id }) => id),
              )
              expect(message.reasoningDetails).toHaveLength(1)
            }
          }
        },
      ),
      { numRuns: 2_000 },
    )
    expect(shortened).toBeGreaterThan(500)
  })

  test('what fits stays as it is, so that it is shortened once', () => {
    fc.assert(
      fc.property(conversation, fc.integer({ min: 50, max: 800 }), (all, tokens) => {
        const kept = middleOut(all, tokens, Infinity)
        if (kept === null) return
        expect(middleOut(kept, tokens, Infinity)).toEqual(kept)
        if (tokensOf(all) <= tokens) expect(kept).toEqual(all)
      }),
    )
  })

  test('of 1,200 messages, half of 1,000 come from the head and half from the tail', () => {
    const all = Array.from({ length: 1_200 }, (_, index): Message => {
      const content = [{ type: 'text', text: `message ${index}` }] as const
      return index % 2 === 0 ? { role: 'user', content } : { role: 'assistant', content, toolCalls: [] }
    })
    const kept = middleOut(all, Infinity, 1_000)
    expect(kept).toHaveLength(1_000)
    expect(kept?.slice(0, 499)).toEqual(all.slice(0, 499))
    expect(kept?.slice(-499)).toEqual(all.slice(-499))
  })

  const long = 'word '.repeat(2_000)
  test('a long document keeps its beginning and its end beside the question', () => {
    const kept = middleOut(
      [
        { role: 'user', content: [{ type: 'text', text: `BEGIN ${long} END` }] },
        { role: 'assistant', content: [{ type: 'text', text: 'I have read it.' }], toolCalls: [] },
        { role: 'user', content: [{ type: 'text', text: 'What does it say?' }] },
      ],
      500,
      Infinity,
    )
    expect(kept).toHaveLength(3)
    expect(kept?.[0]?.content).toMatchObject([
      { text: expect.stringMatching(/^BEGIN (word )+[^]*\[…\][^]*word {2}END$/) },
    ])
  })

  test('a question that is too long alone is cut in its middle', () => {
    const kept = middleOut([{ role: 'user', content: [{ type: 'text', text: `BEGIN ${long} END` }] }], 500, Infinity)
    expect(kept?.[0]?.content).toMatchObject([{ text: expect.stringMatching(/^BEGIN [^]*\[…\][^]* END$/) }])
  })

  test('instructions are never cut', () => {
    const system = { role: 'system', content: [{ type: 'text', text: long }] } as const
    expect(middleOut([system, { role: 'user', content: [{ type: 'text', text: 'hi' }] }], 500, Infinity)).toBe(null)
  })
})

describe('texts and prompts', () => {
  test('a text that is cut has no more tokens than it may, both ends, and no half characters', () => {
    fc.assert(
      fc.property(words, fc.integer({ min: 16, max: 200 }), (given, tokens) => {
        const cut = shortenText(given, tokens)
        expect(estimateTokens(cut)).toBeLessThanOrEqual(tokens)
        expect(cut.isWellFormed()).toBe(true)
        if (cut === given || cut === '') return
        const [head = '', tail = ''] = cut.split('\n[…]\n')
        expect(given.startsWith(head)).toBe(true)
        expect(given.endsWith(tail)).toBe(true)
      }),
    )
  })

  test('prompts share the room; lists of tokens are cut too', () => {
    const tokens = Array.from({ length: 1_000 }, (_, index) => index)
    const [text, list, short] = shortenPrompts(['word '.repeat(1_000), tokens, 'hi'], 201) ?? []
    expect(estimateTokens(String(text))).toBeLessThanOrEqual(100)
    expect(list).toEqual([...tokens.slice(0, 50), ...tokens.slice(-50)])
    expect(short).toBe('hi')
  })
})
