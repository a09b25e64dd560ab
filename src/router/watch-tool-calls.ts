import type { GenerationBatch } from '../canonical/generation-event.ts'
import type { Tool } from '../canonical/tool.ts'
import type { CallEndpoint } from './candidate.ts'
import type { EndpointHealth } from './endpoint-health.ts'
import { fitsSchema } from './fits-schema.ts'

/** Arguments longer than this are believed to be good: reading them would hold everybody up. */
const longestArguments = 100_000

/**
 * Tells how well endpoints call tools, which `exacto` ranks by: the arguments must be JSON that fits the schema of a tool that the request
 * declares (contract §6.9). Costs nothing where a request declares none.
 */
export const watchToolCalls =
  (call: CallEndpoint, health: Pick<EndpointHealth, 'reportToolCalls'>): CallEndpoint =>
  (candidate, request, signal, patience, onSent) => {
    const events = call(candidate, request, signal, patience, onSent)
    const { tools = [] } = request.parameters
    if (tools.length === 0) return events
    return watched(events, tools, (good) => health.reportToolCalls(candidate.endpoint.id, good))
  }

interface Called {
  readonly name: string
  arguments: string
}

async function* watched(
  events: AsyncIterable<GenerationBatch>,
  tools: readonly Tool[],
  report: (good: boolean) => void,
): AsyncIterable<GenerationBatch> {
  const calls = new Map<string, Called>()
  for await (const batch of events) {
    for (const event of batch) {
      if (event.type === 'tool-call-start') {
        calls.set(`${event.choice} ${event.index}`, { name: event.name, arguments: '' })
      } else if (event.type === 'tool-call-delta') {
        const called = calls.get(`${event.choice} ${event.index}`)
        if (called !== undefined && called.arguments.length <= longestArguments) called.arguments += event.arguments
      } else if (event.type === 'end' && calls.size > 0) {
        report([...calls.values()].every((called) => isGood(called, tools)))
      }
    }
    yield batch
  }
}

function isGood(called: Called, tools: readonly Tool[]): boolean {
  const tool = tools.find((known) => known.name === called.name)
  if (tool === undefined) return false
  if (called.arguments.length > longestArguments) return true
  try {
    const value: unknown = JSON.parse(called.arguments === '' ? '{}' : called.arguments)
    return tool.type !== 'function' || fitsSchema(value, tool.parameters)
  } catch {
    return false
  }
}
