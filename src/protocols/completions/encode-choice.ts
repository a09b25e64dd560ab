import type { FinishReason } from '../../canonical/generation-event.ts'
import type { PromptRequest } from '../../canonical/generation-request.ts'
import type { Choice } from '../../canonical/generation-result.ts'
import type { JsonObject } from '../../util/json.ts'
import { flattenParts } from '../openai/flatten-parts.ts'
import { encodeReasoning } from '../gateway-fields/reasoning-detail.ts'
import { encodeLogprobs } from './logprobs.ts'

/** Encodes one entry of `choices` in a JSON reply (contract §7.2). The protocol has only text, so a refusal is text too. */
export function encodeChoice(choice: Choice, { input, parameters }: PromptRequest): JsonObject {
  const answer = flattenParts(choice.parts)
  const tokens = [...(answer.logprobs ?? []), ...(answer.refusalLogprobs ?? [])]
  const showsReasoning = answer.reasoning.length > 0 && parameters.reasoning?.exclude !== true
  return {
    text: (answer.text ?? '') + (answer.refusal ?? ''),
    index: choice.index,
    logprobs: tokens.length > 0 ? encodeLogprobs(tokens, input.logprobs ?? 0, 0) : null,
    finish_reason: encodeFinish(choice.finishReason),
    native_finish_reason: choice.nativeFinishReason,
    ...(showsReasoning && encodeReasoning(answer.reasoning)),
  }
}

/** Encodes the finish reason. The protocol is older than tools: any reason that it does not have becomes `stop` (contract §10.37). */
export const encodeFinish = (reason: FinishReason | null): 'stop' | 'length' | 'content_filter' =>
  reason === 'length' || reason === 'content_filter' ? reason : 'stop'
