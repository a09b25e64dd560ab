import { isObject, type JsonObject } from '../../../util/json.ts'
import type { Evaluation } from './keyword.ts'
import { keywords } from './keywords.ts'
import { StepBudget } from './step-budget.ts'
import type { Truth } from './truth.ts'

/** Deeper than any body may nest, since references go deeper; each level takes some stack. */
const deepest = 512

/**
 * Holds values to one JSON Schema of a caller's (draft 2020-12, and what older drafts say otherwise where that is unmistakable). Every step
 * is counted: references can double at each level, so that a kilobyte of schema asks for more than a day of work.
 *
 * There are libraries that know JSON Schema in full; none counts its steps, or says which answer it is not sure of.
 */
export class SchemaCheck implements Evaluation {
  readonly budget: StepBudget
  readonly #root: JsonObject
  #depth = 0

  constructor(root: JsonObject, budget: StepBudget) {
    this.#root = root
    this.budget = budget
  }

  /** @throws OutOfSteps */
  holds(schema: unknown, value: unknown): Truth {
    this.budget.spend(1)
    if (typeof schema === 'boolean') return schema
    if (!isObject(schema) || this.#depth > deepest) return null
    // What lies below another identity is referred to by that.
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

  /** What a reference leads to; undefined where it leads out of the schema or nowhere. */
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

/** A key as a JSON pointer in an address spells it. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~')
  } catch {
    return part
  }
}
