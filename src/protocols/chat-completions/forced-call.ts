import type { ChatRequest, Parameters } from '../../canonical/generation-request.ts'
import type { Endpoint } from '../../catalog/endpoint.ts'
import type { ChatCompletionsQuirks } from './quirks.ts'

/**
 * Makes way for a forced call at a model that refuses one while it thinks: the call is a demand, and thinking is a wish. Where thinking
 * cannot be switched off the model is free to choose. Only for vendors' own switches: other hosts of these models force calls anyway.
 */
export function withRoomForCall(request: ChatRequest, endpoint: Endpoint, quirks: ChatCompletionsQuirks): ChatRequest {
  const { parameters } = request
  const hasSwitch = quirks.reasoningField === 'thinking' || quirks.reasoningField === 'enable_thinking'
  if (endpoint.template.forcedCalls !== false || !hasSwitch || !isForced(parameters)) return request
  return {
    ...request,
    parameters:
      endpoint.reasoning?.mandatory === true
        ? { ...parameters, toolChoice: 'auto' }
        : { ...parameters, reasoning: { ...parameters.reasoning, effort: 'none', maxTokens: undefined } },
  }
}

const isForced = ({ tools, toolChoice }: Parameters): boolean =>
  tools !== undefined && (toolChoice === 'required' || typeof toolChoice === 'object')
