import type { ImagesRequest } from '../../canonical/generation-request.ts'
import { decodeItemFields } from '../gateway-fields/decode-item-fields.ts'
import type { RequestHeaders } from '../protocol.ts'
import { requestValidator } from '../schema/validate.ts'
import { frameOf } from './frame-of.ts'
import { imagesRequestRules } from './request-rules.ts'
import { ImagesRequestSchema } from './schema/request.ts'

const accept = requestValidator(ImagesRequestSchema, imagesRequestRules)

/** The name under which `source` shows that a request came in this language. */
export const protocolName = 'images'

/** @throws GatewayError 400 with `issues`. Source: contract §8.B. */
export function decodeRequest(body: unknown, headers: RequestHeaders): ImagesRequest {
  const wire = accept(body)
  return {
    operation: 'images',
    input: {
      type: 'images',
      prompt: wire.prompt,
      references: wire.input_references?.map(({ image_url: { url } }) => url) ?? [],
      n: wire.n ?? undefined,
      frame: frameOf(wire),
      quality: wire.quality ?? undefined,
      outputFormat: wire.output_format ?? undefined,
      background: wire.background ?? undefined,
      outputCompression: wire.output_compression ?? undefined,
      seed: wire.seed ?? undefined,
      partialImages: wire.partial_images ?? undefined,
    },
    ...decodeItemFields(protocolName, wire, headers),
  }
}
