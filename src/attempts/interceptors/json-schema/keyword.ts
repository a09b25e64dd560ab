import type { JsonObject } from '../../../util/json.ts'
import type { StepBudget } from './step-budget.ts'
import type { Truth } from './truth.ts'

/** What a keyword may ask of the check that it is part of. */
export interface Evaluation {
  readonly budget: StepBudget
  /** @throws OutOfSteps */
  holds(schema: unknown, value: unknown): Truth
  /** What a reference leads to; undefined where it leads out of the schema or nowhere. */
  resolve(reference: string): unknown
}

/**
 * Whether a value satisfies one keyword of a schema. A keyword is only about values of its own kind, and one that is not written as it
 * should be decides nothing.
 */
export type Keyword = (value: unknown, operand: unknown, schema: JsonObject, check: Evaluation) => Truth
