import type { GenerationRequest } from '../../canonical/generation-request.ts'
import type { GenerationResult } from '../../canonical/generation-result.ts'
import { eventsOf } from '../../canonical/events-of-part.ts'
import type { JsonObject } from '../../util/json.ts'
import { encodeMetadata } from '../gateway-fields/encode-metadata.ts'
import type { ReplyIdentity } from '../protocol.ts'
import { AnswerItems } from './answer-items.ts'
import { failedAnswer, incompleteReason } from './encode-ending.ts'
import { itemSetting } from './item-setting.ts'
import { echoOf, encodeUsage, responseObject } from './response-object.ts'

/**
 * Encodes a JSON reply: the response that the last event of the stream holds (contract §8.A6).
 * @throws GatewayError for an answer that the provider reports as failed.
 */
export function encodeResult(
  identity: ReplyIdentity,
  result: GenerationResult,
  request: GenerationRequest,
): JsonObject {
  const choice = result.choices.find(({ index }) => index === 0)
  const reason = choice?.finishReason ?? null
  if (reason === 'error') throw failedAnswer(choice?.nativeFinishReason ?? null)
  const incomplete = incompleteReason(reason)
  const items = new AnswerItems(itemSetting(identity, request, () => {}))
  for (const part of choice?.parts ?? []) for (const event of eventsOf(part)) items.add(event)
  items.end(incomplete === undefined ? 'completed' : 'incomplete')
  return responseObject(identity, echoOf(request), {
    status: incomplete === undefined ? 'completed' : 'incomplete',
    model: result.model,
    provider: result.provider,
    serviceTier: result.serviceTier,
    output: items.output,
    ...(incomplete === undefined ? { completedAt: Math.floor(identity.now() / 1000) } : { incomplete }),
    usage: encodeUsage(result.usage, result.cost),
    ...(result.metadata !== undefined && { more: { openrouter_metadata: encodeMetadata(result.metadata) } }),
  })
}
