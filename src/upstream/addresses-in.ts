import { search } from '../util/pattern.ts'
import type { ContentPart, FilePart, ImagePart, VideoPart } from '../canonical/content-part.ts'
import type { EmbeddingsInput, RerankInput } from '../canonical/generation-request.ts'
import type { Message } from '../canonical/message.ts'
import type { PlacedAddress } from '../canonical/placed-address.ts'
import { isObject, objectOf, stringOf } from '../util/json.ts'

export type MediaPart = ImagePart | VideoPart | FilePart

/** An address in a request that the gateway or the upstream will fetch. */
export interface FoundAddress extends PlacedAddress {
  /** The part whose content it is; null where the address is passed on unchanged to every upstream. */
  readonly part: MediaPart | null
}

/** Leading white space is allowed, because some fetchers skip it. Other schemes, such as `gs:`, do not lead into the operator's network. */
const fetchable = /^[\0- ]*(?:https?|ftp|file):/i

/** Finds the addresses of images, files, videos and audio, and of the images that the request reports as part of an earlier answer. */
export function addressesIn(messages: readonly Message[]): readonly FoundAddress[] {
  const found: FoundAddress[] = []
  messages.forEach((message, index) => {
    addPartsOf(found, message.content, 'messages', index)
    if (message.role === 'assistant') addEarlierImages(found, message, index)
  })
  return found
}

/** Finds the addresses in the items to embed or rank. Upstreams fetch them themselves. */
export function addressesOfItems(input: EmbeddingsInput | RerankInput): readonly FoundAddress[] {
  const found: FoundAddress[] = []
  if (input.type === 'embeddings') {
    input.inputs.forEach((each, index) => {
      if (typeof each === 'object') addPartsOf(found, each, 'input', index)
    })
    return found
  }
  input.documents.forEach(({ image: address }, index) => {
    if (!isFetchable(address)) return
    found.push({ address, kind: 'image', path: `documents[${index}].image`, part: null })
  })
  return found
}

const isFetchable = (address: string | undefined): address is string =>
  address !== undefined && search(fetchable, address) !== null

/** Adds the addresses of a list of parts. Most parts of every request are texts, so a path is written only for an address. */
function addPartsOf(
  found: FoundAddress[],
  parts: readonly (number | ContentPart)[],
  list: 'messages' | 'input',
  index: number,
): void {
  // A list of token ids contains no parts.
  if (typeof parts[0] === 'number') return
  parts.forEach((part, position) => {
    if (typeof part === 'number' || part.type === 'text' || part.type === 'document' || part.type === 'vendor') return
    const { address, part: filled } = contentOf(part)
    if (!isFetchable(address)) return
    found.push({ address, kind: part.type, path: `${list}[${index}].content[${position}]`, part: filled })
  })
}

function contentOf(part: Exclude<ContentPart, { type: 'text' | 'document' | 'vendor' }>): {
  address?: string
  part: MediaPart | null
} {
  if (part.type === 'audio') return { address: part.data, part: null }
  if (part.type !== 'file') return { address: part.url, part }
  return part.data === undefined ? { address: part.fileId, part: null } : { address: part.data, part }
}

function addEarlierImages(
  found: FoundAddress[],
  { images, annotations }: Extract<Message, { role: 'assistant' }>,
  index: number,
): void {
  images?.forEach((address, position) => {
    if (!isFetchable(address)) return
    found.push({ address, kind: 'image', path: `messages[${index}].images[${position}]`, part: null })
  })
  annotations?.forEach((annotation, position) => {
    if (annotation.type !== 'file') return
    for (const content of annotation.content) {
      const address = isObject(content) ? stringOf(objectOf(content['image_url'])?.['url']) : undefined
      if (!isFetchable(address)) continue
      found.push({ address, kind: 'image', path: `messages[${index}].annotations[${position}]`, part: null })
    }
  })
}
