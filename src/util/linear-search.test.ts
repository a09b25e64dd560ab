import { array, assert, constantFrom, property } from 'fast-check'
import { expect, test } from 'vitest'
import { linearSearch } from './linear-search.ts'
import { StepBudget } from './step-budget.ts'

test('finds what JavaScript finds', () => {
  const texts = (maxLength: number) => array(constantFrom('a', 'b', '文'), { maxLength }).map((all) => all.join(''))
  assert(
    property(texts(6), texts(30), (wanted, text) => {
      const found = linearSearch(wanted).isIn(text, new StepBudget(100))
      expect([wanted, text, found]).toEqual([wanted, text, text.includes(wanted)])
    }),
    { numRuns: 5_000 },
  )
})

test('takes steps for the length of the text, and none beyond the budget', () => {
  const budget = new StepBudget(1_000)
  expect(linearSearch(`b${'a'.repeat(999)}`).isIn('a'.repeat(3_000), budget)).toBe(false)
  expect([budget.used, budget.isSpent]).toEqual([1_000, false])
  expect(linearSearch('a').isIn('a'.repeat(3_000), budget)).toBe(false)
  expect(budget.isSpent).toBe(true)
})
