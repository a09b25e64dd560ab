import type { CallEvent, CallStream } from '../../canonical/generation-event.ts'
import type { Tool } from '../../canonical/tool.ts'
import { parseJson } from '../../util/json.ts'
import type { CallEndpoint } from '../../health/candidate.ts'
import type { EndpointHealth } from '../../health/endpoint-health.ts'
import { fitsSchema, schemaSteps } from '../../util/json-schema/fits-schema.ts'
import type { StepBudget } from '../../util/step-budget.ts'
import { every, type Truth } from '../../util/json-schema/truth.ts'

/** Arguments longer than this, in all calls together, are not checked: parsing them would block the event loop for all requests. */
const longestArguments = 100_000

/**
 * Wraps a call so that the quality of tool calls is reported, by which `exacto` ranks endpoints: the arguments must be JSON that fits the
 * schema of a tool that the request declares (contract §6.9). Costs nothing where a request declares no tools.
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

async function* watched(events: CallStream, tools: readonly Tool[], report: (good: boolean) => void): CallStream {
  const calls = new Map<string, Called>()
  let length = 0
  let unchecked = false
  const watch = (event: CallEvent): void => {
    if (event.type === 'tool-call-start') {
      calls.set(`${event.choice} ${event.index}`, { name: event.name, arguments: '' })
    } else if (event.type === 'tool-call-delta') {
      const called = calls.get(`${event.choice} ${event.index}`)
      length += event.arguments.length
      if (called !== undefined && length <= longestArguments) called.arguments += event.arguments
    } else if (event.type === 'call-end' && calls.size > 0) {
      const good = length > longestArguments ? null : areGood(calls.values(), tools)
      if (good === null) unchecked = true
      else report(good)
    }
  }
  for await (const batch of events) {
    for (const event of batch) watch(event)
    yield unchecked ? batch.map(withUnchecked) : batch
  }
}

const withUnchecked = (event: CallEvent): CallEvent =>
  event.type === 'call-end' ? { ...event, unchecked: [...(event.unchecked ?? []), 'tool_calls'] } : event

function areGood(calls: Iterable<Called>, tools: readonly Tool[]): Truth {
  const byName = new Map(tools.map((tool) => [tool.name, tool]))
  const budget = schemaSteps()
  return every(calls, (called) => isGood(called, byName.get(called.name), budget))
}

function isGood(called: Called, tool: Tool | undefined, budget: StepBudget): Truth {
  if (tool === undefined) return false
  const value = parseJson(called.arguments === '' ? '{}' : called.arguments)
  if (value === undefined) return false
  return tool.type !== 'function' || fitsSchema(value, tool.parameters, budget)
}
