import { hash } from 'node:crypto'
import { isObject, type JsonObject } from '../../util/json.ts'
import { fullMatch } from '../../util/pattern.ts'

/** The ids of calls and their results, in letters and digits of this length: another provider may have made them in its own way. */
export function withIdsOfLength(message: JsonObject, length: number): JsonObject {
  const fit = (id: unknown): unknown =>
    typeof id !== 'string' || (id.length === length && fullMatch(/^[a-zA-Z0-9]+$/, id) !== null)
      ? id
      : hash('sha256', id, 'hex').slice(0, length)
  const { tool_calls: calls, tool_call_id: id } = message
  if (id !== undefined) return { ...message, tool_call_id: fit(id) }
  if (!Array.isArray(calls)) return message
  return { ...message, tool_calls: calls.map((call) => (isObject(call) ? { ...call, id: fit(call['id']) } : call)) }
}
