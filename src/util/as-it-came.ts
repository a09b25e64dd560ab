import { isObject, type JsonObject } from './json.ts'
import type { JsonList } from './json-excess.ts'

/** A shorter list is written again as fast. */
const leastBytes = 4_096

const came = new WeakMap<object, Buffer>()

/**
 * Notes in which bytes the lists in the fields of a parsed object came, so that `writeJson` writes those that nobody changed as they came.
 * Nothing is noted where a key occurs twice anywhere: we read the last one, and whoever reads the bytes may read the first
 * (docs/decisions/0024-lists-that-nobody-changed.md).
 *
 * @param lists Where these lists stand in the bytes, in order.
 * @param keys How many keys were written.
 */
export function noteLists(parsed: unknown, json: Buffer, lists: readonly JsonList[], keys: number): void {
  if (json.length < leastBytes || !isObject(parsed) || keysIn(parsed) !== keys) return
  // Keys that are whole numbers come first, wherever they were written.
  if (Object.keys(parsed).some((key) => /^\d/.test(key))) return
  const values = Object.values(parsed).filter((value) => Array.isArray(value))
  for (const [index, { start, end }] of lists.entries()) {
    const value = values[index]
    if (value !== undefined && end - start >= leastBytes) came.set(value, json.subarray(start, end))
  }
}

function keysIn(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  let keys = Array.isArray(value) ? 0 : Object.keys(value).length
  for (const inner of Object.values(value)) keys += keysIn(inner)
  return keys
}

/** Writes an object as JSON. Where fields of it go on as they came, it is a list of pieces, and that of a list it is written last. */
export function writeJson(object: JsonObject): string | readonly Buffer[] {
  const lists: (readonly [name: string, bytes: Buffer])[] = []
  for (const name of Object.keys(object)) {
    const value = object[name]
    const bytes = Array.isArray(value) ? came.get(value) : undefined
    if (bytes !== undefined) lists.push([name, bytes])
  }
  if (lists.length === 0) return JSON.stringify(object)
  const names = new Set(lists.map(([name]) => name))
  const others = JSON.stringify(Object.fromEntries(Object.entries(object).filter(([name]) => !names.has(name))))
  const pieces = lists.flatMap(([name, bytes], index) => {
    const separator = index === 0 && others === '{}' ? '' : ','
    return [Buffer.from(`${separator}${JSON.stringify(name)}:`), bytes]
  })
  return [Buffer.from(others.slice(0, -1)), ...pieces, Buffer.from('}')]
}
