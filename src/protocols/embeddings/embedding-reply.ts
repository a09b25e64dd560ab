import type { EmbeddingsRequest } from '../../canonical/generation-request.ts'
import type { Item } from '../../canonical/item.ts'
import type { UpstreamReply } from '../protocol.ts'
import { type ItemReply, openItemReply, UnusableReply } from '../vendors/item-reply.ts'
import { cutNumberLists } from './number-lists.ts'
import { vectorOfBase64, vectorOfNumbers } from './vector.ts'

/** The vectors of a reply as they came: the place of a list of numbers that was cut out, or base64; and what else it says. */
export interface RawEmbeddings extends Omit<ItemReply, 'items'> {
  readonly vectors: readonly { readonly index: number; readonly vector: unknown }[]
}

/** Makes the decoding half of a call for embeddings: one vector for each input, in their order, in the encoding that the client asked for. */
export function openEmbeddingReply(
  providerName: string,
  { input }: EmbeddingsRequest,
  read: (body: unknown) => RawEmbeddings,
  decodeError?: UpstreamReply['decodeError'],
): UpstreamReply {
  let lists: readonly string[] = []
  let taken = 0
  /** The lists are taken in the order of the text, so that a bare number cannot pass for the place of one. */
  const vectorOf = (value: unknown) => {
    if (typeof value === 'string') return vectorOfBase64(value, input.encoding)
    const list = value === taken ? lists[taken] : undefined
    taken++
    return list === undefined ? null : vectorOfNumbers(list, input.encoding)
  }
  return openItemReply(providerName, {
    cut(text) {
      const cut = cutNumberLists(text)
      lists = cut.lists
      return cut.rest
    },
    decodeError,
    read(body) {
      const { vectors, ...rest } = read(body)
      const items: Item[] = []
      for (const { index, vector: raw } of vectors) {
        const vector = vectorOf(raw)
        if (vector === null) throw new UnusableReply('sent an embedding that is no vector')
        if (items[index] !== undefined) throw new UnusableReply(`sent two embeddings for input ${index}`)
        items[index] = { type: 'embedding', index, vector }
      }
      const count = input.inputs.length
      if (vectors.length !== count || items.length !== count) {
        throw new UnusableReply(`sent ${vectors.length} embeddings for ${count} inputs`)
      }
      return { ...rest, items }
    },
  })
}
