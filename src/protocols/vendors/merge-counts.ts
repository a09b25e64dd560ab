import { type JsonObject, objectOf } from '../../util/json.ts'

/** What an upstream invents is not kept for ever. */
const mostFields = 100
const deepest = 3
/** What is beyond is no count (see `tokensOf`), and undoes none. */
const mostCounted = 1_000_000_000

/**
 * Merges an upstream's later `usage` object into what it said before. Counts are of the whole so far: a later one that is empty, zero or
 * smaller undoes none. What is no count is as it was said last.
 */
export function mergeCounts(before: JsonObject, later: JsonObject, depth = 1): JsonObject {
  const merged: Record<string, unknown> = { ...before }
  let fields = Object.keys(merged).length
  for (const [field, value] of Object.entries(later)) {
    const known = Object.hasOwn(merged, field)
    if (value === null || value === '' || field === '__proto__' || (!known && fields >= mostFields)) continue
    if (!known) fields += 1
    merged[field] = known ? mergeValue(merged[field], value, depth) : value
  }
  return merged
}

function mergeValue(before: unknown, later: unknown, depth: number): unknown {
  if (typeof before === 'number') {
    return typeof later === 'number' && later > before && later <= mostCounted ? later : before
  }
  if (Array.isArray(later) && later.length === 0) return before
  const counts = objectOf(before)
  if (counts === undefined) return later
  const laterCounts = objectOf(later)
  return laterCounts === undefined || depth >= deepest ? before : mergeCounts(counts, laterCounts, depth + 1)
}
