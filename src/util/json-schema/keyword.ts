import type { JsonObject } from '../json.ts'
import type { StepBudget } from '../step-budget.ts'
import type { Truth } from './truth.ts'

/** The part of a schema check that a keyword uses. */
export interface Evaluation {
  readonly budget: StepBudget
  /**
   * Tells whether a value fits a schema.
   * @throws OutOfSteps
   */
  holds(schema: unknown, value: unknown): Truth
  /** Finds the schema that a reference names. Undefined where there is none inside this schema. */
  resolve(reference: string): unknown
}

/**
 * The test of one keyword of a schema. A keyword applies only to values of its own type. The result of a keyword that is not written
 * correctly is unknown.
 */
export type Keyword = (value: unknown, operand: unknown, schema: JsonObject, check: Evaluation) => Truth
