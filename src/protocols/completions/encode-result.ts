import type { PromptRequest } from '../../canonical/generation-request.ts'
import type { GenerationResult } from '../../canonical/generation-result.ts'
import type { JsonObject } from '../../util/json.ts'
import { encodeReply } from '../openai/encode-reply.ts'
import type { ReplyIdentity } from '../protocol.ts'
import { encodeChoice } from './encode-choice.ts'

/** Encodes a JSON reply (contract §7.2). The fingerprint is left out when it is unknown, never null. */
export function encodeResult(identity: ReplyIdentity, result: GenerationResult, request: PromptRequest): JsonObject {
  return {
    ...encodeReply(identity, result, 'text_completion'),
    ...(result.systemFingerprint !== null && { system_fingerprint: result.systemFingerprint }),
    choices: result.choices.map((choice) => encodeChoice(choice, request)),
  }
}
