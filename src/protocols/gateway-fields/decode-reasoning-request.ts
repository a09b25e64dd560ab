import type { ReasoningRequest } from '../../canonical/reasoning.ts'
import { type Reasoning, reasoningRequest } from '../../canonical/settings/reasoning.ts'

interface ReasoningBody {
  readonly reasoning?: Reasoning | null
  readonly reasoning_effort?: Reasoning['effort']
  readonly include_reasoning?: boolean | null
}

/** The three ways of speaking about reasoning, as one wish; undefined when nothing was said (contract §1.6). */
export function decodeReasoningRequest(body: ReasoningBody): ReasoningRequest | undefined {
  const effort = body.reasoning?.effort ?? body.reasoning_effort
  const exclude = body.reasoning?.exclude ?? (body.include_reasoning === false ? true : undefined)
  return reasoningRequest({ ...body.reasoning, effort, exclude })
}
