import type { CacheControl, ContentPart, DocumentPart, Modality } from '../../canonical/content-part.ts'
import { trueDataUrl } from '../vendors/inline-media.ts'
import { protocolName } from './name.ts'
import type { InputBlock } from './schema/block.ts'

type ImageBlock = Extract<InputBlock, { type: 'image' }>
type DocumentBlock = Extract<InputBlock, { type: 'document' }>
type Marker = { readonly ttl?: '5m' | '1h' | null } | null | undefined

/** Returns content as a list of blocks: a text stands for one block of text. */
export const blocksOf = <Block>(content: string | readonly Block[]) =>
  typeof content === 'string' ? [{ type: 'text', text: content } as const] : content

export const decodeMark = (control: Marker): CacheControl | undefined =>
  control ? { type: 'ephemeral', ...(control.ttl && { ttl: control.ttl }) } : undefined

/** Decodes a block of a user or a tool. `modalities` collects the kinds of its content other than text. */
export function decodeBlock(block: InputBlock, modalities: Set<Modality>): readonly ContentPart[] {
  switch (block.type) {
    case 'text':
      return [{ type: 'text', text: block.text, cacheControl: decodeMark(block.cache_control) }]
    case 'image':
      return [decodeImage(block, modalities)]
    case 'document':
      return decodeDocument(block, modalities)
    case 'search_result':
      return [
        {
          type: 'document',
          texts: block.content.map(({ text }) => text),
          title: block.title,
          source: block.source,
          citations: block.citations?.enabled ?? undefined,
          cacheControl: decodeMark(block.cache_control),
        },
      ]
    default:
      return [{ type: 'vendor', item: { language: protocolName, value: { ...block } } }]
  }
}

function decodeImage(block: ImageBlock, modalities: Set<Modality>): ContentPart {
  const { source } = block
  const cacheControl = decodeMark(block.cache_control)
  modalities.add('image')
  switch (source.type) {
    case 'base64':
      return {
        type: 'image',
        url: trueDataUrl(`data:${source.media_type};base64,${source.data}`, 'image'),
        cacheControl,
      }
    case 'url':
      return { type: 'image', url: source.url, cacheControl }
    case 'file':
      return { type: 'vendor', item: { language: protocolName, value: { ...block } } }
  }
}

function decodeDocument(block: DocumentBlock, modalities: Set<Modality>): readonly ContentPart[] {
  const { source } = block
  const common: Pick<DocumentPart, 'context' | 'citations' | 'cacheControl'> = {
    ...(block.context && { context: block.context }),
    ...(block.citations?.enabled && { citations: true }),
    cacheControl: decodeMark(block.cache_control),
  }
  const title = block.title ?? undefined
  const filename = title
  switch (source.type) {
    case 'text':
      return [{ type: 'document', texts: [source.data], title, ...common }]
    case 'content': {
      const blocks = blocksOf(source.content)
      const texts = blocks.flatMap((inner) => (inner.type === 'text' ? [inner.text] : []))
      const images = blocks.flatMap((inner) => (inner.type === 'image' ? [decodeImage(inner, modalities)] : []))
      return [...images, { type: 'document', texts, title, ...common }]
    }
    case 'base64':
      modalities.add('file')
      return [{ type: 'file', filename, data: `data:${source.media_type};base64,${source.data}`, ...common }]
    case 'url':
      modalities.add('file')
      return [{ type: 'file', filename, data: source.url, ...common }]
    case 'file':
      modalities.add('file')
      return [{ type: 'file', filename, fileId: source.file_id, ...common }]
  }
}
