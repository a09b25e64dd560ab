import type { StepBudget } from '../step-budget.ts'

/**
 * Writes a JSON value as text, with the keys of objects in alphabetical order. Two values have the same text exactly when they are equal.
 * @throws OutOfSteps
 */
export function canonicalText(value: unknown, budget: StepBudget): string {
  budget.spend(1)
  if (Array.isArray(value)) return `[${value.map((item) => canonicalText(item, budget)).join(',')}]`
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1))
    return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonicalText(item, budget)}`).join(',')}}`
  }
  if (typeof value === 'string') budget.spend(value.length >> 4)
  return JSON.stringify(value)
}
