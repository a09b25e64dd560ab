import { frameOf } from '../../canonical/frame-of.ts'
import type { ImagesInput, ImagesRequest } from '../../canonical/generation-request.ts'
import { decodeItemFields } from '../gateway-fields/decode-item-fields.ts'
import type { RequestHeaders } from '../protocol.ts'
import { requestValidator } from '../schema/validate.ts'
import { imagesRequestRules } from './request-rules.ts'
import { ImageEditRequestSchema } from './schema/edit-request.ts'
import { type ImagesRequestBody, ImagesRequestSchema } from './schema/request.ts'

const accept = requestValidator(ImagesRequestSchema, imagesRequestRules)
const acceptEdit = requestValidator(ImageEditRequestSchema, imagesRequestRules)

/** The name under which `source` shows that a request came in this language. */
export const protocolName = 'images'
/** The same at OpenAI's address for edits. */
export const editsName = 'image-edits'

/** @throws GatewayError 400 with `issues`. Source: contract §8.B. */
export function decodeRequest(body: unknown, headers: RequestHeaders): ImagesRequest {
  const { input_references: references, ...wire } = accept(body)
  return requestOf(protocolName, wire, { references: references?.map(({ image_url: { url } }) => url) ?? [] }, headers)
}

/** Decodes a request at OpenAI's address for edits, which names its images otherwise. */
export function decodeEditRequest(body: unknown, headers: RequestHeaders): ImagesRequest {
  const { images, mask, ...wire } = acceptEdit(body)
  const references = images.map(({ image_url: url }) => url)
  return requestOf(editsName, wire, { references, mask: mask?.image_url }, headers)
}

const requestOf = (
  language: string,
  wire: Omit<ImagesRequestBody, 'input_references'>,
  given: Pick<ImagesInput, 'references' | 'mask'>,
  headers: RequestHeaders,
): ImagesRequest => ({
  operation: 'images',
  input: {
    type: 'images',
    prompt: wire.prompt,
    ...given,
    n: wire.n ?? undefined,
    frame: frameOf(wire),
    quality: wire.quality ?? undefined,
    outputFormat: wire.output_format ?? undefined,
    background: wire.background ?? undefined,
    outputCompression: wire.output_compression ?? undefined,
    seed: wire.seed ?? undefined,
    partialImages: wire.partial_images ?? undefined,
  },
  ...decodeItemFields(language, wire, headers),
})
