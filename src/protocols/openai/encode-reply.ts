import type { GenerationResult } from '../../canonical/generation-result.ts'
import type { JsonObject } from '../../util/json.ts'
import { encodeMetadata } from '../gateway-fields/encode-metadata.ts'
import { encodeUsage } from '../gateway-fields/encode-usage.ts'
import type { ReplyIdentity } from '../protocol.ts'

/** Encodes what the JSON replies of chat and completions share: everything except the choices and the fingerprint (contract §3.1, §7.2). */
export function encodeReply(identity: ReplyIdentity, result: GenerationResult, object: string): JsonObject {
  return {
    id: identity.id,
    provider: result.provider,
    model: result.model,
    object,
    created: identity.created,
    service_tier: result.serviceTier,
    usage: encodeUsage(result.usage, result.cost),
    ...(result.metadata !== undefined && { openrouter_metadata: encodeMetadata(result.metadata) }),
  }
}
