import type { ContentPart, FilePart } from '../../canonical/content-part.ts'
import { fenced } from '../../canonical/fenced.ts'
import type { ChatRequest } from '../../canonical/generation-request.ts'
import type { Message } from '../../canonical/message.ts'
import { withMessages } from '../../canonical/with-messages.ts'
import { type Document, mostImages } from './parse-file.ts'

/**
 * Puts the text of the documents, and their first pictures, in the places of the files.
 * @param documents The documents by the sources of the files.
 * @param takesImages Whether pictures are forwarded. A model that takes only text gets none.
 */
export function withDocuments(
  request: ChatRequest,
  documents: ReadonlyMap<string, Document>,
  takesImages: boolean,
): ChatRequest {
  let imagesLeft = takesImages ? mostImages : 0
  const partsOf = (part: ContentPart): readonly ContentPart[] => {
    const document = part.type === 'file' ? documents.get(part.data ?? '') : undefined
    if (part.type !== 'file' || document === undefined) return [part]
    const images = document.images.slice(0, imagesLeft)
    imagesLeft -= images.length
    return [textPart(part, document), ...images.map((url) => ({ type: 'image', url }) as const)]
  }
  const changed = (message: Message): Message => {
    if (message.role !== 'user' && message.role !== 'assistant' && message.role !== 'tool') return message
    if (!message.content.some(({ type }) => type === 'file')) return message
    return { ...message, content: message.content.flatMap(partsOf) }
  }
  return withMessages(request, request.input.messages.map(changed))
}

const textPart = ({ cacheControl }: FilePart, { name, text }: Document): ContentPart => ({
  type: 'text',
  text: fenced('document', [{ name, text }]),
  ...(cacheControl !== undefined && { cacheControl }),
})
