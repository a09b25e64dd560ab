import type { ReasoningDetail } from '../../canonical/reasoning.ts'
import { arrayOf, countOf, type JsonObject, objectOf, parseJson, stringOf } from '../../util/json.ts'
import { toolInput } from '../vendors/tool-input.ts'

/** A server tool that the gateway ran. `result` is null where the answer broke off before the tool was done. */
interface Run {
  readonly id: string
  readonly tool: string
  readonly arguments: string
  readonly turn: number
  readonly beside?: string
  readonly status: 'completed' | 'failed' | null
  readonly result: string | null
}

/**
 * Encodes the item of a server tool. It holds what the tool found, under OpenRouter's names, and also the call and the result as the model
 * saw them, so that the next request can continue from them.
 */
export function encodeRun({ id, tool, arguments: given, turn, beside, status, result }: Run): JsonObject {
  const found = result === null ? {} : (objectOf(parseJson(result)) ?? {})
  const { status: _, results, ...said } = found
  return {
    type: tool,
    id: `st_${id}`,
    ...said,
    ...(results !== undefined && { action: searchAction(given, results) }),
    status: status === null ? 'in_progress' : status,
    call_id: id,
    arguments: given,
    ...(result !== null && { output: result }),
    turn,
    ...(beside !== undefined && { beside }),
  }
}

/** What was searched for and found, in the form of OpenAI's own searches. */
const searchAction = (given: string, results: unknown): JsonObject => ({
  type: 'search',
  query: toolInput(given)['query'] ?? '',
  sources: arrayOf(results).flatMap((found) => {
    const url = stringOf(objectOf(found)?.['url'])
    return url === undefined ? [] : [{ type: 'url', url }]
  }),
})

/** Reads the item of an earlier answer back; null for one of another kind, and for one that a client did not keep in full. */
export function decodeRun(item: JsonObject): ReasoningDetail | null {
  const tool = stringOf(item['type']) ?? ''
  const given = stringOf(item['arguments'])
  const result = stringOf(item['output'])
  if (!tool.startsWith('openrouter:') || given === undefined || result === undefined) return null
  return {
    type: 'server-tool-call',
    id: stringOf(item['beside']) ?? null,
    index: countOf(item['turn']) ?? 0,
    toolName: tool,
    arguments: given,
    result,
    toolCallId: stringOf(item['call_id']),
  }
}
