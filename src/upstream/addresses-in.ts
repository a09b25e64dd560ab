import { search } from '../util/pattern.ts'
import type { ContentPart, FilePart, ImagePart, VideoPart } from '../canonical/content-part.ts'
import type { EmbeddingsInput, RerankInput } from '../canonical/generation-request.ts'
import type { Message } from '../canonical/message.ts'
import { isObject, objectOf, stringOf } from '../util/json.ts'

export type MediaPart = ImagePart | VideoPart | FilePart

/** An address in a request that somebody will fetch. */
export interface PlacedAddress {
  readonly address: string
  /** What it is to lead to. */
  readonly kind: ContentPart['type']
  /** Where it stands, e.g. `messages[0].content[1]`. */
  readonly path: string
  /** The part whose content it is; null for one that goes on as it came, whoever is called. */
  readonly part: MediaPart | null
}

/** White space is passed over by some who fetch. Other schemes, such as `gs:`, lead to no network of the operator's. */
const fetchable = /^[\0- ]*(?:https?|ftp|file):/i

/** Finds the addresses of images, files, videos and sounds, and of the images that an earlier answer is said to have brought. */
export function* addressesIn(messages: readonly Message[]): Generator<PlacedAddress> {
  for (const [index, message] of messages.entries()) {
    yield* addressesOfParts(message.content, `messages[${index}]`)
    if (message.role === 'assistant') yield* earlierImages(message, `messages[${index}]`)
  }
}

/** Finds the addresses of what is to be embedded or ranked. Upstreams fetch them themselves. */
export function* addressesOfItems(input: EmbeddingsInput | RerankInput): Generator<PlacedAddress> {
  if (input.type === 'embeddings') {
    for (const [index, each] of input.inputs.entries()) {
      if (typeof each === 'object') yield* addressesOfParts(each, `input[${index}]`)
    }
    return
  }
  for (const [index, { image: address }] of input.documents.entries()) {
    if (address === undefined || search(fetchable, address) === null) continue
    yield { address, kind: 'image', path: `documents[${index}].image`, part: null }
  }
}

function* addressesOfParts(parts: readonly (number | ContentPart)[], path: string): Generator<PlacedAddress> {
  for (const [position, part] of parts.entries()) {
    if (typeof part === 'number') return
    if (part.type === 'text' || part.type === 'document' || part.type === 'vendor') continue
    const found = contentOf(part)
    if (found.address === undefined || search(fetchable, found.address) === null) continue
    yield { address: found.address, kind: part.type, path: `${path}.content[${position}]`, part: found.part }
  }
}

function contentOf(part: Exclude<ContentPart, { type: 'text' | 'document' | 'vendor' }>): {
  address?: string
  part: MediaPart | null
} {
  if (part.type === 'audio') return { address: part.data, part: null }
  if (part.type !== 'file') return { address: part.url, part }
  return part.data === undefined ? { address: part.fileId, part: null } : { address: part.data, part }
}

function* earlierImages(
  { images = [], annotations = [] }: Extract<Message, { role: 'assistant' }>,
  path: string,
): Generator<PlacedAddress> {
  for (const [position, address] of images.entries()) {
    if (search(fetchable, address) !== null)
      yield { address, kind: 'image', path: `${path}.images[${position}]`, part: null }
  }
  for (const [position, annotation] of annotations.entries()) {
    if (annotation.type !== 'file') continue
    for (const content of annotation.content) {
      const address = isObject(content) ? stringOf(objectOf(content['image_url'])?.['url']) : undefined
      if (address === undefined || search(fetchable, address) === null) continue
      yield { address, kind: 'image', path: `${path}.annotations[${position}]`, part: null }
    }
  }
}
