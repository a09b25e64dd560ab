import { isObject, type JsonObject } from '../json.ts'
import type { Evaluation } from './keyword.ts'
import { keywords } from './keywords.ts'
import { StepBudget } from '../step-budget.ts'
import type { Truth } from './truth.ts'

/** The deepest nesting that is checked. References can nest deeper than any body, and each level takes some stack. */
const deepest = 512

/**
 * A check of values against one JSON Schema of a caller's (draft 2020-12, and keywords of older drafts where their meaning is clear). Every
 * step is counted: references can double at each level, so that a kilobyte of schema can take more than a day of work.
 *
 * There are libraries that support all of JSON Schema, but none counts its steps or reports that a result is unknown.
 */
export class SchemaCheck implements Evaluation {
  readonly budget: StepBudget
  readonly #root: JsonObject
  #depth = 0

  constructor(root: JsonObject, budget: StepBudget) {
    this.#root = root
    this.budget = budget
  }

  /**
   * Tells whether a value fits a schema.
   * @throws OutOfSteps
   */
  holds(schema: unknown, value: unknown): Truth {
    this.budget.spend(1)
    if (typeof schema === 'boolean') return schema
    if (!isObject(schema) || this.#depth > deepest) return null
    // References inside a schema with its own `$id` are relative to that id, which is not supported.
    if (schema !== this.#root && schema['$id'] !== undefined) return null
    this.#depth += 1
    let truth: Truth = true
    for (const [keyword, check] of keywords) {
      if (!Object.hasOwn(schema, keyword)) continue
      this.budget.spend(1)
      const found = check(value, schema[keyword], schema, this)
      if (found === true) continue
      truth = found
      if (found === false) break
    }
    this.#depth -= 1
    return truth
  }

  /** Finds the schema that a reference names. Undefined where there is none inside this schema. */
  resolve(reference: string): unknown {
    this.budget.spend(1 + (reference.length >> 4))
    if (reference === '#') return this.#root
    if (!reference.startsWith('#/')) return undefined
    let found: unknown = this.#root
    for (const part of reference.slice(2).split('/')) {
      this.budget.spend(1)
      const key = decoded(part)
      if (typeof found !== 'object' || found === null || !Object.hasOwn(found, key)) return undefined
      found = Reflect.get(found, key)
    }
    return found
  }
}

/** Decodes one key of a JSON pointer that stands in the fragment of an address. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~')
  } catch {
    return part
  }
}
