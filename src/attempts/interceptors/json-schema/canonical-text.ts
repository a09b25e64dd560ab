import type { StepBudget } from './step-budget.ts'

/**
 * A text that two JSON values share exactly when they are equal: the keys of objects come in order.
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
