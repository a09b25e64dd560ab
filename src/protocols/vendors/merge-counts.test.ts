import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { mergeCounts } from './merge-counts.ts'

test.each<readonly [before: object, later: object, merged: object]>([
  [{ a: 1 }, { a: 2 }, { a: 2 }],
  [{ a: 2 }, { a: 1 }, { a: 2 }],
  [{ a: 2 }, { a: 0, b: 1 }, { a: 2, b: 1 }],
  [{ a: 2 }, { a: null, b: null }, { a: 2 }],
  [{ a: 2 }, { a: 'many' }, { a: 2 }],
  [{ a: 2 }, { a: 1e300 }, { a: 2 }],
  [{ a: { b: 2, c: 1 } }, { a: { b: 1, c: 3, d: 4 } }, { a: { b: 2, c: 3, d: 4 } }],
  [{ a: { b: 2 } }, { a: null }, { a: { b: 2 } }],
  [{ a: { b: 2 } }, { a: 7 }, { a: { b: 2 } }],
  [{ tier: 'priority' }, { tier: null }, { tier: 'priority' }],
  [{ tier: 'priority' }, { tier: '' }, { tier: 'priority' }],
  [{ tier: 'priority' }, { tier: 'standard' }, { tier: 'standard' }],
  [{ list: [{ a: 1 }] }, { list: [] }, { list: [{ a: 1 }] }],
  [{ list: [{ a: 1 }] }, { list: [{ a: 2 }] }, { list: [{ a: 2 }] }],
])('%j, then %j', (before, later, merged) => {
  expect(mergeCounts(Object(before), Object(later))).toEqual(merged)
})

test('however often, in whichever order, the most that was counted stands', () => {
  const one = fc.record(
    { a: fc.nat(99), b: fc.option(fc.nat(99)), c: fc.constantFrom(null, '', 0) },
    { requiredKeys: [] },
  )
  fc.assert(
    fc.property(fc.array(one), (list) => {
      let merged: Readonly<Record<string, unknown>> = {}
      for (const later of list) merged = mergeCounts(merged, later)
      const most = (field: 'a' | 'b') => Math.max(-1, ...list.map((counts) => counts[field] ?? -1))
      expect([merged['a'] ?? -1, merged['b'] ?? -1]).toEqual([most('a'), most('b')])
    }),
  )
})

test('what an upstream invents is not kept for ever, and changes no prototype', () => {
  let merged = mergeCounts({}, JSON.parse('{"__proto__": {"prompt_tokens": 1}}'))
  expect(merged['prompt_tokens']).toBeUndefined()
  for (let index = 0; index < 1_000; index++) merged = mergeCounts(merged, { [`field${index}`]: index })
  expect(Object.keys(merged)).toHaveLength(100)
})
