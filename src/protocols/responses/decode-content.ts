import type { CacheControl, ContentPart, Modality, TextPart } from '../../canonical/content-part.ts'
import { bareData, trueDataUrl, trueFile } from '../vendors/inline-media.ts'
import { protocolName } from './name.ts'
import type { WireContent, WirePart } from './schema/item.ts'

/** Decodes what a message or the result of a tool holds. `modalities` collects what that is besides text. */
export const decodeContent = (content: WireContent, modalities: Set<Modality>): readonly ContentPart[] =>
  typeof content === 'string' ? [{ type: 'text', text: content }] : content.map((part) => decodePart(part, modalities))

/** Decodes the texts alone, for instructions. */
export const decodeTexts = (content: WireContent): readonly TextPart[] =>
  decodeContent(content, new Set()).flatMap((part) => (part.type === 'text' ? [part] : []))

/** Returns the text with which the model refused; empty where it did not. */
export const refusalIn = (content: WireContent): string =>
  typeof content === 'string' ? '' : content.flatMap((part) => (part.type === 'refusal' ? [part.refusal] : [])).join('')

function decodePart(part: WirePart, modalities: Set<Modality>): ContentPart {
  switch (part.type) {
    case 'input_text':
    case 'output_text':
    case 'text':
      return { type: 'text', text: part.text, cacheControl: decodeMark(part) }
    case 'refusal':
      return { type: 'text', text: part.refusal }
    case 'input_image':
      if (!part.image_url) return vendorPart(part)
      modalities.add('image')
      return {
        type: 'image',
        url: trueDataUrl(part.image_url, 'image'),
        detail: part.detail ?? undefined,
        cacheControl: decodeMark(part),
      }
    case 'input_file': {
      modalities.add('file')
      const { filename, file_data, file_url, file_id } = part
      return {
        type: 'file',
        filename: filename ?? undefined,
        data: file_data ? trueFile(file_data, filename ?? undefined) : (file_url ?? undefined),
        fileId: file_id ?? undefined,
        cacheControl: decodeMark(part),
      }
    }
    case 'input_audio':
      modalities.add('audio')
      return { type: 'audio', data: bareData(part.input_audio.data), format: part.input_audio.format }
    case 'input_video':
      modalities.add('video')
      return { type: 'video', url: part.video_url }
    default:
      return vendorPart(part)
  }
}

const vendorPart = (part: object): ContentPart => ({
  type: 'vendor',
  item: { language: protocolName, value: { ...part } },
})

type Marked = Partial<Pick<Extract<WirePart, { type: 'input_image' }>, 'prompt_cache_breakpoint'>>

const decodeMark = ({ prompt_cache_breakpoint: mark }: Marked): CacheControl | undefined =>
  mark ? { type: 'ephemeral', ...(mark.ttl && { breakpointTtl: mark.ttl }) } : undefined
