import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { GatewayError } from '../../canonical/errors.ts'
import type { CallBatch, CallEvent } from '../../canonical/generation-event.ts'
import { Join } from './join.ts'

/** Texts of models, and texts that are hard to join: emoji, halves of surrogate pairs, repetition, white space. */
const character = fc.constantFrom('a', 'b', ' ', '\n', 'é', '日', '🙂', '👩‍👩‍👧', '\ud83d', '\ude42')
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 80 }),
  fc.array(character, { maxLength: 80 }).map((characters) => characters.join('')),
  fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 80 }),
)
const cuts = fc.array(fc.nat(), { maxLength: 12 })

/** A text in pieces, cut at these places, wherever characters fall. */
function pieces(whole: string, places: readonly number[]): readonly string[] {
  const ends = [...places.map((place) => place % (whole.length + 1)), whole.length].toSorted((a, b) => a - b)
  return ends.map((end, index) => whole.slice(ends[index - 1] ?? 0, end))
}

const said = (piece: string): CallEvent => ({ type: 'text-delta', choice: 0, text: piece })
const finish: CallBatch = [{ type: 'finish', choice: 0, reason: 'stop', native: 'stop' }]

/** What the client gets of an answer that comes in these pieces, as many a batch. */
function passedText(join: Join, answer: readonly string[], aBatch: number): string {
  const batches = Array.from({ length: Math.ceil(answer.length / aBatch) }, (_, index) =>
    answer.slice(index * aBatch, (index + 1) * aBatch).map(said),
  )
  return [...batches, finish]
    .flatMap((batch) => join.take(batch))
    .map((event) => (event.type === 'text-delta' ? event.text : ''))
    .join('')
}

const split = fc.record({ whole: text, place: fc.nat(), cuts, aBatch: fc.integer({ min: 1, max: 4 }) })
const cutAt = (whole: string, place: number): readonly [sent: string, missing: string] => {
  const position = place % (whole.length + 1)
  return [whole.slice(0, position), whole.slice(position)]
}

describe('a replay', () => {
  test('continues where the other answer broke off, however both were cut into pieces', () => {
    fc.assert(
      fc.property(split, ({ whole, place, cuts: places, aBatch }) => {
        const [sent] = cutAt(whole, place)
        const join = new Join({ overlap: sent, opening: '', whole: '', after: sent.length })
        expect(sent + passedText(join, pieces(whole, places), aBatch)).toBe(whole)
        expect(join.state).toBe('joined')
      }),
      { numRuns: 1000 },
    )
  })

  test('with other words does not join, and nothing of it passes', () => {
    fc.assert(
      fc.property(split, fc.nat(), ({ whole, place, cuts: places, aBatch }, wrong) => {
        const [sent] = cutAt(whole, place)
        fc.pre(sent.length > 0)
        const at = wrong % sent.length
        const other = `${whole.slice(0, at)}${sent[at] === 'x' ? 'y' : 'x'}${whole.slice(at + 1)}`
        const join = new Join({ overlap: sent, opening: '', whole: '', after: sent.length })
        expect(passedText(join, pieces(other, places), aBatch)).toBe('')
        expect(join.state).toBe('diverged')
      }),
      { numRuns: 1000 },
    )
  })

  test('that ends sooner than the other broke off does not join', () => {
    fc.assert(
      fc.property(split, fc.nat(), ({ whole, cuts: places, aBatch }, shorter) => {
        fc.pre(whole.length > 0)
        const join = new Join({ overlap: whole, opening: '', whole: '', after: whole.length })
        expect(passedText(join, pieces(whole.slice(0, shorter % whole.length), places), aBatch)).toBe('')
        expect(join.state).toBe('diverged')
      }),
    )
  })
})

test('an answer that repeats the end of the other goes on after that', () => {
  fc.assert(
    fc.property(split, fc.nat(), ({ whole, place, cuts: places, aBatch }, back) => {
      const [sent] = cutAt(whole, place)
      const from = back % (sent.length + 1)
      const join = new Join({ overlap: sent.slice(from), opening: '', whole: '', after: sent.length })
      expect(sent + passedText(join, pieces(whole.slice(from), places), aBatch)).toBe(whole)
    }),
    { numRuns: 1000 },
  )
})

describe('a continued turn', () => {
  const opening = 24
  const continuing = (sent: string): Join =>
    new Join({
      overlap: sent.slice(sent.trimEnd().length),
      opening: sent.slice(0, opening),
      whole: sent,
      after: sent.length,
    })
  const isRepetition = (sent: string): boolean => /^(.+)\1+$/s.test(sent)

  test('joins, unless it begins as the whole answer began', () => {
    fc.assert(
      fc.property(split, ({ whole, place, cuts: places, aBatch }) => {
        const [sent, missing] = cutAt(whole, place)
        const join = continuing(sent)
        const said = sent.slice(sent.trimEnd().length) + missing
        const passed = passedText(join, pieces(said, places), aBatch)
        const again = said.startsWith(sent.slice(0, opening)) && sent !== ''
        // A text that comes twice on end cannot be told from one that is repeated.
        const isReplay = again && said.startsWith(sent) && sent.length >= 8 && !isRepetition(sent)
        expect(join.state).toBe(again && !isReplay ? 'diverged' : 'joined')
        expect(passed).toBe(isReplay ? said.slice(sent.length) : again ? '' : missing)
      }),
      { numRuns: 1000 },
    )
  })

  test('that repeats the whole text exactly is a replay, and goes on after it', () => {
    fc.assert(
      fc.property(split, ({ whole, place, cuts: places, aBatch }) => {
        const [sent] = cutAt(whole, place)
        fc.pre(sent.length >= 8 && !isRepetition(sent))
        const join = continuing(sent)
        expect(sent + passedText(join, pieces(whole, places), aBatch)).toBe(whole)
        expect(join).toMatchObject({ state: 'joined', isReplay: true })
      }),
      { numRuns: 1000 },
    )
  })

  test('that repeats a part of it, and then differs, does not join', () => {
    fc.assert(
      fc.property(split, fc.nat(), ({ whole: rest, place, cuts: places, aBatch }, wrong) => {
        const whole = `Once upon a time there was${rest}`
        const [sent] = cutAt(whole, place)
        fc.pre(sent.length > opening && sent.trimEnd() === sent)
        const at = opening + (wrong % (sent.length - opening))
        const other = `${whole.slice(0, at)}${sent[at] === 'x' ? 'y' : 'x'}${whole.slice(at + 1)}`
        const join = continuing(sent)
        expect(passedText(join, pieces(other, places), aBatch)).toBe('')
        expect(join.state).toBe('diverged')
      }),
      { numRuns: 1000 },
    )
  })

  test.each([
    ['ends before it is told', 'Once upon a time there was', 'Once upon a time there wa'],
    ['repeats what repeats itself', 'la la la la la la la la la ', 'la la la la la la la la la la'],
    ['repeats a few characters', '1, 2, 3', '1, 2, 3, 4'],
  ])('that %s is no replay', (_, sent, said) => {
    const join = continuing(sent)
    expect(passedText(join, [said], 1)).toBe('')
    expect(join).toMatchObject({ state: 'diverged', isReplay: false })
  })

  test('citations of a replay keep their offsets', () => {
    const cited: CallEvent = {
      type: 'annotation',
      choice: 0,
      annotation: { type: 'url-citation', url: 'https://example.com', startIndex: 9, endIndex: 12 },
    }
    expect(continuing('Once upon').take([said('Once upon a time'), cited])).toEqual([said(' a time'), cited])
  })
})

describe('an event that is not text', () => {
  const join = (overlap: string): Join => new Join({ overlap, opening: '', whole: '', after: 10 })
  const usage = (completionTokens: number): CallEvent => ({ type: 'usage', usage: { completionTokens } })

  test('waits until the answer joins; of usage that is reported with every token, the last', () => {
    const joining = join('ab')
    expect(joining.take([{ type: 'start' }, usage(1), said('a'), usage(2)])).toEqual([])
    expect(joining.usage).toEqual({ completionTokens: 2 })
    expect(joining.take([said('bc'), usage(3)])).toEqual([{ type: 'start' }, usage(2), said('c'), usage(3)])
  })

  test('thoughts never pass', () => {
    const thought: CallEvent = { type: 'reasoning-delta', choice: 0, detail: { type: 'text', text: 'hm' } }
    expect(join('').take([thought, said('a'), thought, ...finish])).toEqual([said('a'), ...finish])
  })

  test('a tool call does not join in the middle of what was sent, but may follow it', () => {
    const call: CallEvent = { type: 'tool-call-start', choice: 0, index: 0, id: 'c', name: 'f' }
    const early = join('ab')
    expect(early.take([said('a'), call])).toEqual([])
    expect(early.state).toBe('diverged')
    expect(join('ab').take([said('ab'), call])).toEqual([call])
  })

  test('an error before the answer joins is none of the answer', () => {
    const error = { type: 'error', error: new GatewayError('server'), retry: { scope: 'never' } } as const
    const joining = new Join({ overlap: '', opening: 'abc', whole: 'abc', after: 3 })
    expect(joining.take([said('a'), error])).toEqual([])
    expect(joining.state).toBe('diverged')
    expect(join('').take([said('a'), error])).toEqual([said('a'), error])
  })

  test('citations are moved to where the text stands', () => {
    const cited = (startIndex: number): CallEvent => ({
      type: 'annotation',
      choice: 0,
      annotation: { type: 'url-citation', url: 'https://example.com', startIndex, endIndex: startIndex + 1 },
    })
    expect(join('abcd').take([said('abcde'), cited(4)])).toEqual([said('e'), cited(10)])
  })
})
