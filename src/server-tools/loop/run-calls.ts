import type { GenerationContext } from '../../canonical/generation-context.ts'
import type { ChatRequest } from '../../canonical/generation-request.ts'
import { reasonOf } from '../../canonical/search-web.ts'
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

/** How long a tool may take to end once its call is aborted, in milliseconds: what it did until then is billed. */
const mostEndingMs = 1_000

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
  const leftMs = Math.min(mostMs, context.deadline - now())
  if (context.signal.aborted || leftMs <= 0) return failed(reasonOfAbort(context))
  const overdue = new AbortController()
  const signal = AbortSignal.any([context.signal, overdue.signal])
  const givenUp = Promise.withResolvers<never>()
  const timers = [setTimeout(() => overdue.abort(), leftMs)]
  const giveUpSoon = () => {
    timers.push(setTimeout(() => givenUp.reject(signal.reason), mostEndingMs))
  }
  signal.addEventListener('abort', giveUpSoon)
  try {
    // A tool that does not heed the signal cannot hold the request.
    const outcome = await Promise.race([call.tool.run(given, { signal, request }), givenUp.promise])
    return signal.aborted ? failed(reasonOfAbort(context)) : outcome
  } catch (error) {
    if (signal.aborted) return failed(reasonOfAbort(context))
    // An unexpected error may name what is inside the gateway.
    return failed(reasonOf(error))
  } finally {
    signal.removeEventListener('abort', giveUpSoon)
    for (const timer of timers) clearTimeout(timer)
  }
}

const failed = (error: string): ToolOutcome => ({ status: 'failed', result: { status: 'failed', error } })

const reasonOfAbort = ({ signal }: GenerationContext): string =>
  signal.aborted ? 'The request was cancelled.' : 'The tool did not finish in time.'
