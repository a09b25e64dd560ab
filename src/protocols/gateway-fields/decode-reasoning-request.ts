import type { ReasoningRequest } from '../../canonical/reasoning.ts'
import type { Reasoning } from '../../canonical/settings/reasoning.ts'

interface ReasoningBody {
  readonly reasoning?: Reasoning | null
  readonly reasoning_effort?: Reasoning['effort']
  readonly include_reasoning?: boolean | null
}

/** The three ways of speaking about reasoning, as one wish; undefined when nothing was said (contract §1.6). */
export function decodeReasoningRequest(body: ReasoningBody): ReasoningRequest | undefined {
  const { reasoning } = body
  const effort = reasoning?.effort ?? body.reasoning_effort ?? undefined
  const wish: ReasoningRequest = {
    effort,
    maxTokens: reasoning?.max_tokens ?? undefined,
    summary: reasoning?.summary ?? undefined,
    enabled: reasoning?.enabled ?? undefined,
    exclude: reasoning?.exclude ?? (body.include_reasoning === false ? true : undefined),
    context: reasoning?.context ?? undefined,
    mode: reasoning?.mode ?? undefined,
  }
  return Object.values(wish).some((value) => value !== undefined) ? wish : undefined
}
