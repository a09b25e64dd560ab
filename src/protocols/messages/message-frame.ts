import type { GenerationRequest } from '../../canonical/generation-request.ts'
import { type JsonObject, objectOf } from '../../util/json.ts'

/** Makes a message without content yet, with every key that decoders require (contract §8.A5). */
export const emptyMessage = (
  id: string,
  model: string,
  provider: string | undefined,
  usage: JsonObject,
): JsonObject => ({
  id,
  type: 'message',
  role: 'assistant',
  model,
  content: [],
  stop_reason: null,
  stop_sequence: null,
  stop_details: null,
  container: null,
  ...(provider !== undefined && { provider }),
  usage,
})

/** Tells whether the client wants to see that the model thought, but not what. */
export const omitsThoughts = ({ source }: GenerationRequest): boolean =>
  objectOf(source.body['thinking'])?.['display'] === 'omitted'
