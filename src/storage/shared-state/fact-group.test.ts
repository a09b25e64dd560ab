import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeGroup, encodeGroup, mostOfGroup } from './fact-group.ts'
import { FactQueue } from './fact-queue.ts'

test('a group is read as it was written, with ages in place of times', () => {
  const facts = fc.array(
    fc.record({ topic: fc.string(), fact: fc.oneof(fc.string(), fc.integer(), fc.boolean()), at: fc.nat(5_000) }),
  )
  fc.assert(
    fc.property(facts, (given) => {
      const expected = given.map(({ topic, fact, at }) => ({ topic, value: fact, ageMs: 6_000 - at }))
      expect([...decodeGroup(encodeGroup(given, 6_000))]).toEqual(expected)
    }),
  )
})

test('anything else is read as no more facts than a group has, with ages that are none of the future', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.json(),
        fc.array(fc.anything()).map((list) => JSON.stringify(list)),
      ),
      (text) => {
        for (const { topic, ageMs } of decodeGroup(text)) {
          expect(typeof topic).toBe('string')
          expect(ageMs).toBeGreaterThanOrEqual(0)
        }
      },
    ),
    { numRuns: 1_000 },
  )
  const many = Array.from({ length: 5_000 }, () => ['t', 0, 1])
  expect([...decodeGroup(JSON.stringify(many))]).toHaveLength(mostOfGroup.facts)
})

test('a queue that nobody empties keeps the newest facts, never more than it may, and counts the others', () => {
  const queue = new FactQueue(100)
  for (let fact = 0; fact < 10_000; fact++) {
    queue.add({ topic: 't', fact, at: 0 })
    expect(queue.size).toBeLessThanOrEqual(100)
  }
  const kept = queue.take(1_000).map(({ fact }) => fact)
  expect(kept.at(-1)).toBe(9_999)
  expect(kept.length).toBeGreaterThanOrEqual(50)
  expect(kept[0]).toBe(10_000 - kept.length)
  expect(queue.takeDropped()).toBe(10_000 - kept.length)
  expect(queue.takeDropped()).toBe(0)
})
