import { Check } from 'typebox/schema'
import type { JsonObject } from '../util/json.ts'

/** A schema that is absent or cannot be used fits everything. Patterns are the client's, and could take for ever. */
export function fitsSchema(value: unknown, schema: JsonObject | undefined): boolean {
  if (schema === undefined) return true
  try {
    return JSON.stringify(schema).includes('"pattern') || Check(schema, value)
  } catch {
    return true
  }
}
