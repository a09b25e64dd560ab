import * as fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import { parseJson } from './json.ts'
import { SimilarJson } from './similar-json.ts'

const expectAlike = (texts: readonly string[]): void => {
  const similar = new SimilarJson()
  // As texts too: the order of the keys counts, and `__proto__` is a key like others.
  for (const text of texts) {
    const parsed = similar.parse(text)
    expect(parsed).toEqual(parseJson(text))
    expect(JSON.stringify(parsed)).toBe(JSON.stringify(parseJson(text)))
  }
}

/** What may stand in a chunk in place of a value, as JSON text, also in ways in which few write it and in ways that are not JSON. */
const valueText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }).map((text) => JSON.stringify(text)),
  fc.string({ maxLength: 6 }).map((text) => `"${text}"`),
  fc.nat().map(String),
  fc.constantFrom(
    '"\\u0061"',
    '"\\""',
    '"a\u0001"',
    '01',
    '-1',
    '1.5',
    '1e3',
    '9007199254740993',
    '900000000000000',
    '""',
    'null',
    '{}',
  ),
  fc.constantFrom('"a","b":"c"', '1,"a":2', '"', '"\\"', ''),
  fc.nat({ max: 80 }).map((length) => `"${'x'.repeat(length)}"`),
)
const keyText = fc.oneof(
  fc.constantFrom('"a"', '"b"', '"content"', '"__proto__"', '""'),
  fc.nat({ max: 40 }).map((length) => `"${'x'.repeat(length)}"`),
)

/** The pieces of a JSON text: between two of them stands a value. */
const shape: fc.Arbitrary<readonly string[]> = fc.letrec<{ node: readonly string[] }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 3 },
    fc.constant(['', '']),
    fc.array(fc.tuple(keyText, tie('node')), { minLength: 1, maxLength: 3 }).map((fields) => joined('{', '}', fields)),
    fc
      .array(
        tie('node').map((node) => ['', node] as const),
        { minLength: 1, maxLength: 2 },
      )
      .map((items) => joined('[', ']', items)),
  ),
})).node

function joined(
  open: string,
  close: string,
  fields: readonly (readonly [string, readonly string[]])[],
): readonly string[] {
  const pieces = [open]
  for (const [index, [key, node]] of fields.entries()) {
    const [first = '', ...rest] = node
    pieces[pieces.length - 1] += `${index > 0 ? ',' : ''}${key === '' ? '' : `${key}:`}${first}`
    pieces.push(...rest)
  }
  pieces[pieces.length - 1] += close
  return pieces
}

/** A stream of chunks of one shape, of which few values change from one to the next. */
const stream = fc
  .tuple(
    shape,
    fc.infiniteStream(valueText),
    fc.array(fc.array(fc.nat({ max: 3 }), { maxLength: 2 }), { maxLength: 12 }),
  )
  .map(([pieces, values, steps]) => {
    const filling = pieces.slice(1).map(() => values.next().value ?? '0')
    const write = (): string => pieces.map((piece, index) => piece + (filling[index] ?? '')).join('')
    return [
      write(),
      ...steps.map((changed) => {
        for (const place of changed)
          if (filling.length > 0) filling[place % filling.length] = values.next().value ?? '0'
        return write()
      }),
    ]
  })

describe('texts that are alike are read as a parser reads them', () => {
  test('of any shape, with any values', () => {
    fc.assert(fc.property(stream, expectAlike), { numRuns: 3_000 })
  })

  test('any texts', () => {
    fc.assert(fc.property(fc.array(fc.oneof(fc.json(), fc.string()), { maxLength: 8 }), expectAlike))
  })

  test.each([
    ['an escaped value', ['{"a":"x"}', '{"a":"y"}', '{"a":"\\n"}', '{"a":"\\\\"}', '{"a":"z\\"}', '{"a":"z"}']],
    [
      'a value that ends the text early',
      ['{"a":"x","b":1}', '{"a":"y","b":1}', '{"a":"x","b":1,"a":"y","b":1}', '{"a":"x","b":1}}'],
    ],
    ['control characters', ['{"a":"x"}', '{"a":"y"}', '{"a":"\u0000"}', '{"a":"\n"}', '{"a":"\u007f\u2028"}']],
    ['a key that occurs twice', ['{"a":"x","a":"k"}', '{"a":"y","a":"k"}', '{"a":"z","a":"k"}', '{"a":"k","a":"k"}']],
    ['a key that changes', ['{"a":1}', '{"b":1}', '{"c":1}', '{"__proto__":1}', '{"d":1}']],
    [
      'numbers that are not plain',
      ['{"a":1}', '{"a":2}', '{"a":03}', '{"a":-4}', '{"a":5.5}', '{"a":6e2}', '{"a":}', '{"a":70}'],
    ],
    ['numbers that are not exact', ['{"a":1}', '{"a":2}', '{"a":900719925474099312}', '{"a":999999999999999}']],
    ['a prototype', ['{"__proto__":"x"}', '{"__proto__":"y"}', '{"__proto__":"z"}', '{"__proto__":{"a":"z"}}']],
    ['within a prototype', ['{"__proto__":{"a":"x"}}', '{"__proto__":{"a":"y"}}', '{"__proto__":{"a":"z"}}']],
  ])('%s', (_, texts) => expectAlike(texts))
})

test('what was read before does not change', () => {
  const similar = new SimilarJson()
  const texts = ['a', 'b', 'c', 'd'].map((text) => `{"list":[{"text":"${text}"}],"same":{}}`)
  const parsed = texts.map((text) => similar.parse(text))
  expect(parsed).toEqual(texts.map(parseJson))
})

/** Counts how often texts are parsed as a whole. */
function parses(texts: readonly string[]): number {
  const similar = new SimilarJson()
  const parse = vi.spyOn(JSON, 'parse')
  try {
    for (const text of texts) similar.parse(text)
    return parse.mock.calls.length
  } finally {
    parse.mockRestore()
  }
}
const hundred = Array.from({ length: 100 }, (_, index) => index)

test('no text can be taken for a probe', () => {
  for (let length = 0; length < 200; length++) {
    const probe = 'x'.repeat(length)
    expectAlike(['a', 'b', 'c'].map((text) => `{"p":"${probe}","a":"${text}"}`))
    expectAlike(['a', 'b', 'c'].map((text) => `{"a":"${text}","p":{"${probe}":"${probe}"}}`))
    expectAlike(['a', 'b', 'c'].map((key) => `{"${key}":"k","p":"${probe}"}`))
  }
})

describe('of a hundred texts few are parsed', () => {
  test.each([
    [
      'text',
      (index: number) => ({ id: 'x', choices: [{ index: 0, delta: { content: ` word ${index}` } }], usage: null }),
    ],
    ['text and padding', (index: number) => ({ delta: { content: `w${index}` }, pad: 'p'.repeat(index % 7) })],
    [
      'a number, text and padding',
      (index: number) => ({ sequence: index, delta: `w${index}`, pad: 'p'.repeat(index % 7) }),
    ],
    [
      'the choices of one answer in turn',
      (index: number) => ({ choices: [{ index: index % 3, delta: { content: `w${index}` } }] }),
    ],
  ])('that differ in %s', (_, chunk) => {
    expect(parses(hundred.map((index) => JSON.stringify(chunk(index))))).toBeLessThan(10)
  })

  test('though some are written in another way', () => {
    expect(
      parses(hundred.map((index) => `{"id":"x","text":"${index % 10 === 5 ? '\\n' : `word ${index}`}"}`)),
    ).toBeLessThan(30)
  })

  test('and of texts that are not alike each is parsed once', () => {
    const unlike = hundred.map(
      (index) => `{"${'k'.repeat(index + 1)}":[${Array.from({ length: index }, (_, at) => at * index).join()}]}`,
    )
    expect(parses(unlike)).toBeLessThan(120)
  })
})
