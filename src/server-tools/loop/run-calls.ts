import type { GenerationContext } from '../../canonical/generation-context.ts'
import type { ChatRequest } from '../../canonical/generation-request.ts'
import type { ToolCall } from '../../canonical/tool.ts'
import { objectOf, parseJson } from '../../util/json.ts'
import type { ToolOutcome } from '../server-tool.ts'
import type { NamedTool } from './open-tools.ts'

/** A call of a server tool, and the tool. */
export interface ServerToolCall extends ToolCall, Pick<NamedTool, 'type' | 'tool'> {}

/** How deep generations may be nested: a tool asks a model, whose tool asks a model, and so on. */
const deepest = 3
/** The longest that one call may take, in milliseconds. Within it, the deadline of the request holds. */
const mostMs = 300_000

/** Runs one call. It never rejects: whatever happens, the model gets an outcome. */
export async function runCall(
  call: ServerToolCall,
  request: ChatRequest,
  context: GenerationContext,
  now: () => number,
): Promise<ToolOutcome> {
  if (context.depth >= deepest) return failed('Tools of a nested model may not ask further models.')
  const given = call.arguments.trim() === '' ? {} : objectOf(parseJson(call.arguments))
  if (given === undefined) return failed('The arguments are not a JSON object.')
  const leftMs = Math.max(0, Math.min(mostMs, context.deadline - now()))
  const overdue = AbortSignal.timeout(Math.ceil(leftMs))
  const signal = AbortSignal.any([context.signal, overdue])
  try {
    return await Promise.race([call.tool.run(given, { signal, request }), aborted(signal)])
  } catch (error) {
    if (context.signal.aborted) return failed('The request was cancelled.')
    if (overdue.aborted) return failed('The tool did not finish in time.')
    return failed(error instanceof Error ? error.message : 'The tool failed.')
  }
}

const failed = (error: string): ToolOutcome => ({ status: 'failed', result: { status: 'failed', error } })

/** Rejects when the signal is aborted, so that a tool that does not heed it cannot hold the request. */
const aborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
