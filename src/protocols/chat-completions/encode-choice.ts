import type { TokenLogprob } from '../../canonical/generation-event.ts'
import type { AudioOutput, Choice } from '../../canonical/generation-result.ts'
import type { JsonObject } from '../../util/json.ts'
import { flattenParts } from '../openai/flatten-parts.ts'
import { encodeErrorObject } from '../gateway-fields/encode-error.ts'
import type { GatewayError } from '../../canonical/errors.ts'
import { encodeReasoning } from '../gateway-fields/reasoning-detail.ts'
import { encodeAnnotation } from '../gateway-fields/annotation.ts'

/**
 * Encodes one entry of `choices` in a JSON reply (contract §3.2, §3.3).
 * @param error The error for which the answer broke off.
 */
export function encodeChoice(choice: Choice, excludeReasoning: boolean, error: GatewayError | undefined): JsonObject {
  const answer = flattenParts(choice.parts)
  const annotations = answer.annotations.flatMap(encodeAnnotation)
  return {
    index: choice.index,
    logprobs: encodeLogprobs(answer.logprobs, answer.refusalLogprobs),
    finish_reason: error === undefined ? choice.finishReason : 'error',
    native_finish_reason: choice.nativeFinishReason,
    message: {
      role: 'assistant',
      content: answer.text,
      refusal: answer.refusal,
      ...(excludeReasoning ? {} : encodeReasoning(answer.reasoning)),
      ...(answer.toolCalls.length > 0 && {
        tool_calls: answer.toolCalls.map(({ id, ...called }, index) => ({
          index,
          id,
          type: 'function',
          function: called,
        })),
      }),
      ...(annotations.length > 0 && { annotations }),
      ...(answer.images.length > 0 && { images: answer.images.map(encodeImage) }),
      ...(answer.audio !== null && { audio: encodeAudio(answer.audio) }),
    },
    ...(error !== undefined && { error: encodeErrorObject(error) }),
  }
}

/** Encodes an image. Without `type` the AI SDK drops it (contract §3.3). */
export const encodeImage = (url: string): JsonObject => ({ type: 'image_url', image_url: { url } })

const encodeAudio = ({ id, data, transcript, expiresAt }: AudioOutput): JsonObject => ({
  id,
  data,
  transcript,
  expires_at: expiresAt,
})

/** Encodes log probabilities with both keys, because decoders require each of them (contract §3.2). Returns null where there are none. */
export function encodeLogprobs(
  content: readonly TokenLogprob[] | null,
  refusal: readonly TokenLogprob[] | null,
): JsonObject | null {
  if (content === null && refusal === null) return null
  return { content: content?.map(encodeToken) ?? null, refusal: refusal?.map(encodeToken) ?? null }
}

const encodeToken = ({ token, logprob, bytes, top }: TokenLogprob): JsonObject => ({
  token,
  logprob,
  bytes,
  top_logprobs: top,
})
