import type { GenerationRequest } from '../../canonical/generation-request.ts'
import type { GenerationResult } from '../../canonical/generation-result.ts'
import type { JsonObject } from '../../util/json.ts'
import { encodeMetadata } from '../encode-metadata.ts'
import { encodeUsage } from '../encode-usage.ts'
import type { ReplyIdentity } from '../protocol.ts'
import { encodeChoice } from './encode-choice.ts'

/** A JSON reply (contract §3.1). */
export function encodeResult(identity: ReplyIdentity, result: GenerationResult, request: GenerationRequest): JsonObject {
  const excludeReasoning = request.parameters.reasoning?.exclude === true
  return {
    id: identity.id,
    provider: result.provider,
    model: result.model,
    object: 'chat.completion',
    created: identity.created,
    system_fingerprint: result.systemFingerprint,
    service_tier: result.serviceTier,
    choices: result.choices.map((choice) => encodeChoice(choice, excludeReasoning, result.error)),
    usage: encodeUsage(result.usage, result.cost),
    ...(result.metadata !== undefined && { openrouter_metadata: encodeMetadata(result.metadata) }),
  }
}
