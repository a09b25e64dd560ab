import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { cutNumberLists } from './number-lists.ts'

/** Puts the lists back in their places. */
function restored({ rest, lists }: ReturnType<typeof cutNumberLists>): unknown {
  const taken = lists.map((list): unknown => JSON.parse(list))
  let next = 0
  return JSON.parse(rest, (_, value: unknown) => {
    if (typeof value !== 'number') return value
    return value === next && next < taken.length ? taken[next++] : value
  })
}

/** JSON whose only numbers stand in lists of numbers, so that places cannot be taken for numbers. */
const withoutNumbers = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.string({ unit: 'grapheme' }),
    fc.boolean(),
    fc.constant(null),
    fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 1 }),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.string(), tie('value'), { maxKeys: 4 }),
  ),
})).value

test('whatever the JSON, it is the same once the lists are back in their places', () => {
  fc.assert(
    fc.property(withoutNumbers, fc.constantFrom(undefined, 1), (value, space) => {
      const json = JSON.stringify(value, null, space)
      expect(restored(cutNumberLists(json))).toEqual(JSON.parse(json))
    }),
    { numRuns: 300 },
  )
})

test.each([
  ['[1, -2.5e3 ,\n0]', '0', ['[1, -2.5e3 ,\n0]']],
  ['{"a":[[1],[2,3]]}', '{"a":[0,1]}', ['[1]', '[2,3]']],
  ['{"[1,2]":"\\"[3]"}', '{"[1,2]":"\\"[3]"}', []],
  ['[]', '[]', []],
  ['[1,"a"]', '[1,"a"]', []],
])('%s', (json, rest, lists) => {
  expect(cutNumberLists(json)).toEqual({ rest, lists })
})

test.each([
  '[1,,2]',
  '[01]',
  '[1.]',
  '[.5]',
  '[+1]',
  '[--1]',
  '[1e]',
  '[1',
  '[1,]',
  '[NaN]',
  '[1 2]',
  '[1,\v2]',
  '[1\f]',
  '"[1',
])('what is no list of numbers stays for the parser to refuse: %s', (json) => {
  expect(cutNumberLists(json)).toEqual({ rest: json, lists: [] })
  expect(() => JSON.parse(json)).toThrow()
})
