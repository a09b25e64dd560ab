import type { GenerationRequest } from '../../canonical/generation-request.ts'
import type { GenerationResult } from '../../canonical/generation-result.ts'
import type { JsonObject } from '../../util/json.ts'
import { encodeReply } from '../openai/encode-reply.ts'
import type { ReplyIdentity } from '../protocol.ts'
import { encodeChoice } from './encode-choice.ts'

/** Encodes a JSON reply (contract §3.1). */
export function encodeResult(
  identity: ReplyIdentity,
  result: GenerationResult,
  request: GenerationRequest,
): JsonObject {
  const excludeReasoning = request.parameters.reasoning?.exclude === true
  return {
    ...encodeReply(identity, result, 'chat.completion'),
    system_fingerprint: result.systemFingerprint,
    choices: result.choices.map((choice) => encodeChoice(choice, excludeReasoning, result.error)),
  }
}
