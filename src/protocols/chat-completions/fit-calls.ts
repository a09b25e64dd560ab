import { hash } from 'node:crypto'
import { isObject, type JsonObject, objectOf, stringOf } from '../../util/json.ts'
import { fullMatch } from '../../util/pattern.ts'
import { toolCallId } from '../vendors/tool-call-id.ts'
import type { ToolNames } from '../vendors/tool-names.ts'

/**
 * Replaces the ids of calls and their results by ids of a given length in letters and digits: another provider may have made them in
 * another form. An id that has this form stays.
 */
export const withIdsOfLength = (message: JsonObject, length: number): JsonObject =>
  withIds(message, (id) =>
    id.length === length && fullMatch(/^[a-zA-Z0-9]+$/, id) !== null ? id : hash('sha256', id, 'hex').slice(0, length),
  )

/**
 * Adapts a message to OpenAI's limits: ids of calls ("Invalid 'messages[1].tool_calls[0].id': string too long. Expected a string with
 * maximum length 40"), names of functions in the letters that it takes, and no spaces or brackets in the name of a message's author.
 */
export function withinOpenAiLimits(message: JsonObject, functions: ToolNames): JsonObject {
  const fitted = withIds(message, (id) => toolCallId(id, /^[^]{1,40}$/, 'call_'))
  const { name, tool_calls: calls } = fitted
  const named =
    typeof name === 'string' && fullMatch(/^[^\s<|\\/>]{1,64}$/, name) === null
      ? { ...fitted, name: name.replaceAll(/[\s<|\\/>]/g, '_').slice(0, 64) || '_' }
      : fitted
  return Array.isArray(calls) ? { ...named, tool_calls: calls.map((call) => withName(call, functions)) } : named
}

function withName(call: unknown, functions: ToolNames): unknown {
  const called = isObject(call) ? objectOf(call['function']) : undefined
  const name = stringOf(called?.['name'])
  if (!isObject(call) || name === undefined) return call
  const wire = functions.toWire(name)
  return wire === name ? call : { ...call, function: { ...called, name: wire } }
}

function withIds(message: JsonObject, fit: (id: string) => string): JsonObject {
  const { tool_calls: calls, tool_call_id: id } = message
  if (typeof id === 'string') return { ...message, tool_call_id: fit(id) }
  if (!Array.isArray(calls)) return message
  const fitCall = (call: unknown): unknown =>
    isObject(call) && typeof call['id'] === 'string' ? { ...call, id: fit(call['id']) } : call
  return { ...message, tool_calls: calls.map(fitCall) }
}
