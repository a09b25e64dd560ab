import { expect, test } from 'vitest'
import { StepBudget } from '../../util/step-budget.ts'
import { compileRules, faultOf, type FilterRule, type FilterRules } from './filter-rules.ts'

const rules = (count: number, rule: FilterRule): FilterRules => ({
  groups: [{ logic: 'or', rules: Array.from({ length: count }, () => rule) }],
})
const heavy: FilterRule = { field: 'input', operator: 'regex', value: '(.*a){60}z' }
const matched = { record: Object(null), keyName: 'test', input: 'a'.repeat(1_000_000), output: '1'.repeat(1_000_000) }

test('the patterns of a destination have 2,000 steps together, and what has more is not compiled', () => {
  expect(faultOf(rules(4, heavy))).toBe(null)
  expect(faultOf(rules(5, heavy))).toEqual({
    path: 'groups[0].rules[4].value',
    message: expect.stringMatching(/may have 2000 steps together/),
  })
  expect(faultOf(rules(1_000, { ...heavy, value: '.' }))?.path).toMatch(/^groups\[0\]/)
  expect(compileRules(rules(5, heavy))).toBe(null)
  expect(compileRules(rules(1, { ...heavy, value: '(?=a)' }))).toBe(null)
})

test.each<readonly [FilterRule, number]>([
  [heavy, 4],
  [{ field: 'input', operator: 'contains', value: `${'a'.repeat(500)}b${'a'.repeat(499)}` }, 1_000],
  [{ field: 'input', operator: 'not_contains', value: `${'a'.repeat(500)}b${'a'.repeat(499)}` }, 1_000],
  [{ field: 'output', operator: 'lt', value: 1 }, 1_000],
  [{ field: 'input', operator: 'starts_with', value: `${'a'.repeat(999)}b` }, 1_000],
])('the rules of thirty destinations stop at the budget: $0.field $0.operator', (rule, count) => {
  const wants = compileRules(rules(count, rule))
  const budget = new StepBudget(200_000)
  for (let index = 0; index < 30; index++) wants?.(matched, budget)
  expect(budget.isSpent).toBe(true)
  // Beyond it at most one search, whose steps are counted before it is made, and not made.
  expect(budget.used).toBeLessThan(200_000 + 350_000)
})

test('rules within the budget decide as before', () => {
  const budget = new StepBudget(1_000)
  const small = { ...matched, input: 'an invoice', output: '12.5' }
  const holds = (rule: FilterRule): boolean | undefined => compileRules(rules(1, rule))?.(small, budget)
  expect(holds({ field: 'input', operator: 'contains', value: 'invoice' })).toBe(true)
  expect(holds({ field: 'input', operator: 'not_contains', value: 'invoice' })).toBe(false)
  expect(holds({ field: 'input', operator: 'regex', value: '(?i)INV' })).toBe(true)
  expect(holds({ field: 'output', operator: 'gte', value: 12 })).toBe(true)
  expect(budget.isSpent).toBe(false)
})
