import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { RecencyMap } from './recency-map.ts'

type Step =
  | { readonly do: 'set' | 'delete' | 'get'; readonly key: number; readonly value: number }
  | { readonly do: 'clear' }

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 20,
    arbitrary: fc.record({ do: fc.constantFrom('set', 'set', 'delete', 'get'), key: fc.nat(9), value: fc.nat(99) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('clear' as const) }) },
)

/** A list of pairs, the oldest first: slow, and easy to see through. */
class Model {
  pairs: (readonly [number, number])[] = []
  readonly #most: number
  constructor(most: number) {
    this.#most = most
  }
  delete(key: number): void {
    this.pairs = this.pairs.filter(([known]) => known !== key)
  }
  set(key: number, value: number): void {
    this.delete(key)
    this.pairs.push([key, value])
    if (this.pairs.length > this.#most) this.pairs.shift()
  }
}

test('keeps the entries that were set last, and finds the oldest', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 7 }), fc.array(step, { maxLength: 60 }), (most, steps) => {
      const map = new RecencyMap<number, number>(most)
      const model = new Model(most)
      for (const each of steps) {
        if (each.do === 'clear') {
          map.clear()
          model.pairs = []
        } else if (each.do === 'set') {
          map.set(each.key, each.value)
          model.set(each.key, each.value)
        } else if (each.do === 'delete') {
          const had = model.pairs.some(([key]) => key === each.key)
          expect(map.delete(each.key)).toBe(had)
          model.delete(each.key)
        } else expect(map.get(each.key)).toBe(model.pairs.find(([key]) => key === each.key)?.[1])
        const [oldest] = model.pairs
        expect(map.size).toBe(model.pairs.length)
        expect(map.oldest()?.key).toBe(oldest?.[0])
        expect(map.oldest()?.value).toBe(oldest?.[1])
      }
      // Taken out one after the other, they come in their order.
      const order: number[] = []
      for (let oldest = map.oldest(); oldest !== null; oldest = map.oldest()) {
        order.push(oldest.key)
        map.delete(oldest.key)
      }
      expect(order).toEqual(model.pairs.map(([key]) => key))
    }),
  )
})
