import type { CacheControl, ContentPart, DocumentPart, FilePart } from '../../canonical/content-part.ts'
import type { JsonObject } from '../../util/json.ts'
import { type DataUrl, parseDataUrl } from '../../util/data-url.ts'
import { refusePart } from '../vendors/refuse-part.ts'
import { search } from '../../util/pattern.ts'
import { protocolName } from './name.ts'

const imageTypes: ReadonlySet<string> = new Set(['image/jpeg', 'image/png', 'image/gif', 'image/webp'])
const textTypes = /^text\/|^application\/(json|xml|x-yaml|yaml|javascript|sql)$/

/**
 * Encodes the parts of a message as blocks. Text of white space alone is left out, because Anthropic refuses it.
 * @param place Where the parts are in the request, e.g. `messages[3].content`.
 * @throws GatewayError with an issue that names the part which cannot be sent.
 */
export function encodeContent(
  parts: readonly ContentPart[],
  place: string,
  providerName: string,
): readonly JsonObject[] {
  return parts.flatMap((part, index) => {
    const refuse = (reason?: string): never => refusePart(`${place}[${index}]`, part, providerName, reason)
    switch (part.type) {
      case 'text':
        return encodeText(part.text, part.cacheControl)
      case 'image':
        return [{ ...encodeImage(part.url, refuse), ...cacheMark(part.cacheControl) }]
      case 'file':
        return [{ ...encodeFile(part, refuse), ...cacheMark(part.cacheControl) }]
      case 'document':
        return [{ ...encodeDocument(part), ...cacheMark(part.cacheControl) }]
      case 'vendor':
        return part.item.language === protocolName ? [part.item.value] : refuse()
      case 'audio':
      case 'video':
        return refuse()
    }
  })
}

type Refuse = (reason?: string) => never

export const encodeText = (text: string, cacheControl?: CacheControl): readonly JsonObject[] =>
  text.trim() === '' ? [] : [{ type: 'text', text, ...cacheMark(cacheControl) }]

export const cacheMark = (control: CacheControl | undefined): JsonObject =>
  control === undefined
    ? {}
    : { cache_control: { type: control.type, ...(control.ttl !== undefined && { ttl: control.ttl }) } }

function encodeImage(url: string, refuse: Refuse): JsonObject {
  const inline = parseDataUrl(url)
  return inline === null ? { type: 'image', source: { type: 'url', url } } : imageBlock(inline, refuse)
}

function imageBlock({ mediaType, data }: DataUrl, refuse: Refuse): JsonObject {
  if (!imageTypes.has(mediaType)) refuse(`${mediaType} is none of ${[...imageTypes].join(', ')}`)
  return { type: 'image', source: { type: 'base64', media_type: mediaType, data } }
}

function encodeFile(part: FilePart, refuse: Refuse): JsonObject {
  const inline = part.data === undefined ? null : parseDataUrl(part.data)
  if (inline?.mediaType.startsWith('image/')) return imageBlock(inline, refuse)
  const source = inline === null ? sourceElsewhere(part, refuse) : inlineSource(inline, refuse)
  return { type: 'document', source, ...(part.filename && { title: part.filename }), ...aboutDocument(part) }
}

function encodeDocument(part: DocumentPart): JsonObject {
  const { texts, title, source } = part
  const content = texts.map((text) => ({ type: 'text', text }))
  if (source !== undefined) return { type: 'search_result', source, title: title ?? source, content, ...citing(part) }
  const [only] = texts
  return {
    type: 'document',
    source: texts.length === 1 ? { type: 'text', media_type: 'text/plain', data: only } : { type: 'content', content },
    ...(title !== undefined && { title }),
    ...aboutDocument(part),
  }
}

type About = Pick<DocumentPart, 'context' | 'citations'>

const aboutDocument = ({ context, ...about }: About): JsonObject => ({
  ...(context !== undefined && { context }),
  ...citing(about),
})

const citing = ({ citations }: About): JsonObject => (citations === true ? { citations: { enabled: true } } : {})

function inlineSource({ mediaType, data }: DataUrl, refuse: Refuse): JsonObject {
  if (mediaType === 'application/pdf') return { type: 'base64', media_type: mediaType, data }
  if (search(textTypes, mediaType) === null) refuse(`${mediaType} is neither PDF nor text`)
  return { type: 'text', media_type: 'text/plain', data: Buffer.from(data, 'base64').toString() }
}

function sourceElsewhere({ data, fileId }: FilePart, refuse: Refuse): JsonObject {
  if (data !== undefined) return { type: 'url', url: data }
  return fileId === undefined ? refuse('it has neither data nor id') : { type: 'file', file_id: fileId }
}
