/* These functions read JSON from outside: a value that is not of the expected type is read as absent. */

export type JsonObject = Readonly<Record<string, unknown>>

/** Parses JSON; undefined where the text is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export const objectOf = (value: unknown): JsonObject | undefined => (isObject(value) ? value : undefined)

const none: readonly unknown[] = []

export const arrayOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : none)

/** Returns the value if it is a text, also an empty one, else undefined. */
export const stringOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)

export const numberOf = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) ? value : undefined

/** Returns the value if it is a whole number from 0 up, else undefined. */
export const countOf = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined

/** A thousand times the longest contexts. A higher count of an upstream is a mistake, and must not be charged. */
const mostTokens = 1_000_000_000

/** Returns the value if it is a possible count of tokens, or of something else that is charged, else undefined. */
export function tokensOf(value: unknown): number | undefined {
  const count = countOf(value)
  return count === undefined || count > mostTokens ? undefined : count
}
