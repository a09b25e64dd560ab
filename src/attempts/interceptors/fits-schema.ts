import type { JsonObject } from '../../util/json.ts'
import { SchemaCheck } from './json-schema/schema-check.ts'
import { OutOfSteps, StepBudget } from './json-schema/step-budget.ts'
import type { Truth } from './json-schema/truth.ts'

/** For all that one call answers: some 15 ms, and twice what an answer of 100,000 characters usually takes. */
const steps = 100_000

export const schemaSteps = (): StepBudget => new StepBudget(steps)

/**
 * Whether a value fits a caller's schema; null where that was not found out: the schema asks for more steps than there are, or uses what is
 * not evaluated. A schema that is absent fits everything.
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
