/** Readers for JSON that someone else wrote: what is not of the expected kind reads as absent. */

export type JsonObject = Readonly<Record<string, unknown>>

/** `undefined` when it is not JSON. */
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

export const arrayOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

/** The text, or undefined; an empty text is still one. */
export const stringOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)

export const numberOf = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) ? value : undefined

/** A whole number from 0 up. */
export const countOf = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined

/** More than the longest contexts a thousand times over: what an upstream counts beyond it is a mistake, and nobody is to pay for it. */
const mostTokens = 1_000_000_000

/** A count of tokens, or of anything else that is charged. */
export function tokensOf(value: unknown): number | undefined {
  const count = countOf(value)
  return count === undefined || count > mostTokens ? undefined : count
}
