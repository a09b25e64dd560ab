import type { ImagesInput, ImagesRequest } from '../../../canonical/generation-request.ts'
import type { Usage } from '../../../canonical/usage.ts'
import type { Endpoint } from '../../../catalog/endpoint.ts'
import { parseDataUrl } from '../../../util/data-url.ts'
import { arrayOf, type JsonObject, isObject, objectOf, stringOf, tokensOf } from '../../../util/json.ts'
import { gatewayFieldNames } from '../../gateway-fields/field-names.ts'
import { withoutOurs } from '../../gateway-fields/passed-on.ts'
import type { FormFile } from '../../../util/form/write-form.ts'
import type { UpstreamProtocol, UpstreamRequest } from '../../protocol.ts'
import { openEventReply } from '../../vendors/event-reply.ts'
import { unmetField } from '../../vendors/unmet-field.ts'
import { editsName, protocolName } from '../decode-request.ts'
import { encodeFrame } from '../encode-frame.ts'
import { ImageLog, imageTypeOf } from '../image-reply.ts'
import { ImagesRequestSchema } from '../schema/request.ts'
import { unmetReferences } from '../unmet-references.ts'
import { type ImagesService, type OpenAiImages, optionalFields, plainOpenAi } from '../quirks.ts'

/**
 * Images as OpenAI has them, and many others with other words for a few things.
 * Sources: https://platform.openai.com/docs/api-reference/images, https://docs.x.ai/docs/guides/image-generation,
 * https://docs.together.ai/docs/images-overview
 */
export const openAiImages: UpstreamProtocol<ImagesRequest, ImagesService> = {
  name: 'openai',
  framing: 'sse',
  openCall: (request, endpoint, { openai = plainOpenAi }) => ({
    upstreamRequest: encodeRequest(request, endpoint, openai),
    reply: openEventReply(endpoint.providerName, (log) => {
      const images = new ImageLog(log, request.input.n ?? 1)
      let usage: Usage = {}
      return {
        event(event) {
          const data = stringOf(event['b64_json'])
          const index = tokensOf(event['partial_image_index']) ?? 0
          switch (event['type']) {
            case 'image_generation.partial_image':
            case 'image_edit.partial_image':
              if (data === undefined) return log.fail('The provider sent an image without its bytes.')
              return log.push({
                type: 'item',
                item: { type: 'partial-image', index, data, mediaType: imageTypeOf(data) },
              })
            case 'image_generation.completed':
            case 'image_edit.completed':
              images.add(data)
              if (isObject(event['usage'])) usage = decodeUsage(event['usage'])
              if (images.isComplete) images.complete(usage)
              return
            default:
          }
        },
        result(body) {
          for (const image of arrayOf(body['data'])) {
            images.add(stringOf(objectOf(image)?.['b64_json']))
          }
          images.complete(isObject(body['usage']) ? decodeUsage(body['usage']) : {})
        },
      }
    }),
  }),
}

function encodeRequest(request: ImagesRequest, endpoint: Endpoint, form: OpenAiImages): UpstreamRequest {
  const { input, stream } = request
  const body = {
    ...unknownFields(request),
    model: endpoint.upstreamModel,
    prompt: input.prompt,
    ...(input.n !== undefined && { n: input.n }),
    ...encodeFrame(input.frame, form.frame),
    ...encodeOptional(input, form),
    ...(form.base64 !== undefined && { response_format: form.base64 }),
    ...(stream && { stream: true, ...(input.partialImages !== undefined && { partial_images: input.partialImages }) }),
  }
  const call = { method: 'POST', headers: {}, stream } as const
  if (input.references.length === 0) return { ...call, path: '/images/generations', body }
  if (input.mask !== undefined && form.references !== 'form') throw unmetField('mask', endpoint, 'takes none')
  switch (form.references) {
    case 'form': {
      const files = input.references.map((url, index) => fileOf('image[]', String(index), url))
      return {
        ...call,
        path: '/images/edits',
        body,
        files: input.mask === undefined ? files : [...files, fileOf('mask', 'mask', input.mask)],
      }
    }
    case 'edits': {
      const images = input.references.map((url) => ({ type: 'image_url', url }))
      return {
        ...call,
        path: '/images/edits',
        body: { ...body, ...(images.length === 1 ? { image: images[0] } : { images }) },
      }
    }
    case 'image_url': {
      const [url, ...others] = input.references
      if (others.length > 0) throw unmetReferences(request, endpoint, 'takes one image to start from')
      return { ...call, path: '/images/generations', body: { ...body, image_url: url } }
    }
    case undefined:
      throw unmetReferences(request, endpoint)
  }
}

/** Our own fields, which are written anew in the words of the vendor. */
const known: ReadonlySet<string> = new Set([...gatewayFieldNames, ...Object.keys(ImagesRequestSchema.properties)])

/**
 * The fields of the client’s body that the gateway does not know, for a vendor of the same form (principle 2). `n[]` is none of them: readers of
 * forms take it for `n`, and more images would be made than are held for.
 */
const unknownFields = ({ source }: ImagesRequest): JsonObject =>
  source.protocol === protocolName || source.protocol === editsName
    ? withoutOurs(
        Object.fromEntries(
          Object.entries(source.body).filter(([name, value]) => !known.has(withoutBrackets(name)) && value !== null),
        ),
      )
    : {}

/** The name of a field without what some readers of forms take for a list or a place in it. */
const withoutBrackets = (name: string): string => name.split('[', 1)[0]?.trim() ?? ''

function encodeOptional(input: ImagesInput, { fields, qualities }: OpenAiImages): JsonObject {
  const wire: Record<string, unknown> = {}
  for (const field of fields) {
    const value = input[field]
    if (value === undefined) continue
    const isTooHigh = field === 'quality' && qualities !== undefined && !qualities.includes(String(value))
    wire[optionalFields[field]] = isTooHigh ? qualities.at(-1) : value
  }
  return wire
}

/** The references are data URLs by now: what was an address was fetched. */
function fileOf(field: string, name: string, url: string): FormFile {
  const { mediaType = 'image/png', data = '' } = parseDataUrl(url) ?? {}
  const bytes = Buffer.from(data, 'base64')
  return {
    field,
    name: `${name}.${mediaType.replace(/^image\//, '')}`,
    mediaType,
    bytes: bytes.length,
    read: () => [bytes],
  }
}

/** The usage of OpenAI’s images; the output is images where it is not told apart. */
function decodeUsage(usage: JsonObject): Usage {
  const input = objectOf(usage['input_tokens_details'])
  const output = objectOf(usage['output_tokens_details'])
  const completionTokens = tokensOf(usage['output_tokens'])
  const text = tokensOf(output?.['text_tokens']) ?? 0
  return {
    promptTokens: tokensOf(usage['input_tokens']),
    promptImageTokens: tokensOf(input?.['image_tokens']),
    cachedTokens: tokensOf(input?.['cached_tokens']),
    completionTokens,
    completionImageTokens:
      tokensOf(output?.['image_tokens']) ??
      (completionTokens === undefined ? undefined : Math.max(0, completionTokens - text)),
  }
}
