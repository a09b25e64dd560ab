import type { JsonObject } from '../json.ts'
import { SchemaCheck } from './schema-check.ts'
import { OutOfSteps, StepBudget } from '../step-budget.ts'
import type { Truth } from './truth.ts'

/** The steps for all answers of one call: about 15 ms, and twice what an answer of 100,000 characters usually takes. */
const steps = 100_000

/** Makes the budget of steps for all answers of one call. */
export const schemaSteps = (): StepBudget => new StepBudget(steps)

/**
 * Tells whether a value fits a caller's schema. Null where that is unknown: the check needs more steps than the budget has, or the schema
 * uses a keyword that is not evaluated. Every value fits a schema that is absent.
 */
export function fitsSchema(value: unknown, schema: JsonObject | undefined, budget: StepBudget): Truth {
  if (schema === undefined) return true
  if (budget.left < 0) return null
  try {
    return new SchemaCheck(schema, budget).holds(schema, value)
  } catch (error) {
    // Values may nest deeper than the stack.
    if (error instanceof OutOfSteps || error instanceof RangeError) return null
    throw error
  }
}
