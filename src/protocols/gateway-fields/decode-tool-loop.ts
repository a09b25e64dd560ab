import { nanoUsd } from '../../canonical/money.ts'
import type { ToolLoopLimits } from '../../canonical/generation-request.ts'
import type { StopCondition } from '../../canonical/stop-condition.ts'
import type { WireStopCondition } from './schema/stop-condition.ts'

export interface ToolLoopFields {
  readonly max_tool_calls?: number | null
  readonly stop_server_tools_when?: readonly WireStopCondition[] | null
}

/** The highest `max_tool_calls`; a higher value counts as this one (contract §1.1). */
const mostCalls = 30

/** Decodes when the loop of server tools ends (contract §1.1, §1.5). Returns undefined where the request sets no limit. */
export function decodeToolLoop(wire: ToolLoopFields): ToolLoopLimits | undefined {
  const { max_tool_calls: calls, stop_server_tools_when: conditions } = wire
  if (!calls && !conditions) return undefined
  return {
    ...(calls && { maxCalls: Math.min(calls, mostCalls) }),
    ...(conditions && { stopWhen: conditions.map(decodeCondition) }),
  }
}

function decodeCondition(condition: WireStopCondition): StopCondition {
  switch (condition.type) {
    case 'step_count_is':
      return { type: 'step-count', steps: condition.step_count }
    case 'has_tool_call':
      return { type: 'tool-call', tool: condition.tool_name }
    case 'max_tokens_used':
      return { type: 'tokens', tokens: condition.max_tokens }
    case 'max_cost':
      return { type: 'cost', cost: nanoUsd(condition.max_cost_in_dollars) }
    case 'finish_reason_is':
      return { type: 'finish-reason', reason: condition.reason }
  }
}
