import type { ReasoningRequest } from '../../canonical/reasoning.ts'
import { type Reasoning, reasoningRequest } from '../../canonical/settings/reasoning.ts'

interface ReasoningBody {
  readonly reasoning?: Reasoning | null
  readonly reasoning_effort?: Reasoning['effort']
  readonly include_reasoning?: boolean | null
}

/**
 * Decodes the reasoning settings of a request from the three forms that clients use. Returns undefined where none is present (contract
 * §1.6).
 */
export function decodeReasoningRequest(body: ReasoningBody): ReasoningRequest | undefined {
  const effort = body.reasoning?.effort ?? body.reasoning_effort
  const exclude = body.reasoning?.exclude ?? (body.include_reasoning === false ? true : undefined)
  return reasoningRequest({ ...body.reasoning, effort, exclude })
}
