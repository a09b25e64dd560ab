import type { CacheControl, ContentPart, FilePart, ImagePart } from '../../canonical/content-part.ts'
import { GatewayError } from '../../canonical/errors.ts'
import type { JsonObject } from '../../util/json.ts'
import { type DataUrl, parseDataUrl } from '../data-url.ts'

const imageTypes: ReadonlySet<string> = new Set(['image/jpeg', 'image/png', 'image/gif', 'image/webp'])
const textTypes = /^text\/|^application\/(json|xml|x-yaml|yaml|javascript|sql)$/

/**
 * The blocks of a message's parts. Text of white space alone is refused by Anthropic, and left out.
 * @param place Where the parts stand in the request, e.g. `messages[3].content`.
 * @throws GatewayError with an issue that says which part cannot be sent.
 */
export const encodeContent = (parts: readonly ContentPart[], place: string): readonly JsonObject[] =>
  parts.flatMap((part, index) => encodePart(part, `${place}[${index}]`))

export const encodeText = (text: string, cacheControl?: CacheControl): readonly JsonObject[] =>
  text.trim() === '' ? [] : [{ type: 'text', text, ...cacheMark(cacheControl) }]

function encodePart(part: ContentPart, place: string): readonly JsonObject[] {
  switch (part.type) {
    case 'text':
      return encodeText(part.text, part.cacheControl)
    case 'image':
      return [{ ...encodeImage(part, place), ...cacheMark(part.cacheControl) }]
    case 'file':
      return [{ ...encodeFile(part, place), ...cacheMark(part.cacheControl) }]
    case 'audio':
    case 'video':
      throw unsendable('invalid_request', place, `The Messages API takes no ${part.type}.`)
  }
}

export const cacheMark = (control: CacheControl | undefined): JsonObject =>
  control === undefined
    ? {}
    : { cache_control: { type: control.type, ...(control.ttl !== undefined && { ttl: control.ttl }) } }

function encodeImage({ url }: ImagePart, place: string): JsonObject {
  const inline = parseDataUrl(url)
  return inline === null ? { type: 'image', source: { type: 'url', url } } : imageBlock(inline, place)
}

function imageBlock({ mediaType, data }: DataUrl, place: string): JsonObject {
  // The usual misspelling.
  const media_type = mediaType === 'image/jpg' ? 'image/jpeg' : mediaType
  if (imageTypes.has(media_type)) return { type: 'image', source: { type: 'base64', media_type, data } }
  const known = [...imageTypes].join(', ')
  throw unsendable('invalid_image', place, `The Messages API takes images of ${known}, not ${mediaType}.`)
}

function encodeFile({ data, fileId, filename }: FilePart, place: string): JsonObject {
  const inline = data === undefined ? null : parseDataUrl(data)
  if (inline?.mediaType.startsWith('image/')) return imageBlock(inline, place)
  return { type: 'document', source: documentSource(inline, data, fileId, place), ...(filename && { title: filename }) }
}

function documentSource(
  inline: DataUrl | null,
  data: string | undefined,
  fileId: string | undefined,
  place: string,
): JsonObject {
  if (inline !== null) {
    const { mediaType, data: bytes } = inline
    if (mediaType === 'application/pdf') return { type: 'base64', media_type: mediaType, data: bytes }
    if (textTypes.test(mediaType)) {
      return { type: 'text', media_type: 'text/plain', data: Buffer.from(bytes, 'base64').toString() }
    }
    throw unsendable('invalid_request', place, `The Messages API takes PDF and text files, not ${mediaType}.`)
  }
  if (data !== undefined) return { type: 'url', url: data }
  if (fileId !== undefined) return { type: 'file', file_id: fileId }
  throw unsendable('invalid_request', place, 'A file needs `file_data` or `file_id`.')
}

function unsendable(kind: 'invalid_request' | 'invalid_image', path: string, message: string): GatewayError {
  return new GatewayError(kind, `${path}: ${message}`, { issues: [{ path, message }] })
}
