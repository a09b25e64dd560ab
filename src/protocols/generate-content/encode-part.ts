import {
  type ContentPart,
  documentWords,
  type FilePart,
  type ImagePart,
  type VideoPart,
} from '../../canonical/content-part.ts'
import type { JsonObject } from '../../util/json.ts'
import { parseDataUrl } from '../../util/data-url.ts'
import { refusePart } from '../vendors/refuse-part.ts'
import type { GenerateContentQuirks } from './quirks.ts'
import { fullMatch, search } from '../../util/pattern.ts'

/** The place of a part, and the provider that is to take it. */
export interface PartPlace {
  readonly path: string
  readonly providerName: string
  readonly quirks: GenerateContentQuirks
}

const youTube = /^https?:\/\/(www\.|m\.|music\.)?(youtube\.com\/|youtu\.be\/)/i
const uploadedFile = /^https:\/\/generativelanguage\.googleapis\.com\/[^?#]*\bfiles\//i

/**
 * Tells whether Google takes the address of a part. The Gemini API takes YouTube videos and files uploaded to it, Vertex AI takes files in
 * Google Cloud Storage (contract §2.2).
 */
export function takesUrl(part: ImagePart | FilePart | VideoPart, quirks: GenerateContentQuirks): boolean {
  if (quirks.host === 'vertex') return false
  const url = part.type === 'file' ? (part.data ?? '') : part.url
  return search(uploadedFile, url) !== null || (part.type === 'video' && search(youTube, url) !== null)
}

/**
 * Encodes one part of a message. Returns null for an empty text, which Google refuses.
 * @throws GatewayError for a part that cannot be sent.
 */
export function encodePart(part: ContentPart, place: PartPlace): JsonObject | null {
  switch (part.type) {
    case 'text':
      return part.text === '' ? null : { text: part.text }
    case 'audio':
      return { inlineData: { mimeType: audioType(part.format), data: part.data } }
    case 'image':
    case 'video':
      return encodeMedia(part, part.url, place)
    case 'file':
      return encodeMedia(part, part.data ?? part.fileId ?? '', place)
    case 'document':
      return { text: documentWords(part) }
    case 'vendor':
      if (part.item.language === 'generate-content') return part.item.value
      return refusePart(place.path, part, place.providerName)
  }
}

function encodeMedia(part: ImagePart | VideoPart | FilePart, url: string, place: PartPlace): JsonObject {
  const inline = parseDataUrl(url)
  if (inline !== null) return { inlineData: { mimeType: inline.mediaType, data: inline.data } }
  if (takesUrl(part, place.quirks)) return { fileData: { fileUri: url } }
  if (place.quirks.host !== 'vertex') {
    return refusePart(place.path, part, place.providerName, 'only data URLs, and the addresses of files uploaded to it')
  }
  const mimeType = typeByExtension(url)
  if (!url.startsWith('gs://') || mimeType === undefined) {
    return refusePart(
      place.path,
      part,
      place.providerName,
      'only data URLs, and gs:// addresses that end in a known suffix',
    )
  }
  return { fileData: { fileUri: url, mimeType } }
}

/** Google's names of audio formats; `pcm16` is OpenAI's name of raw samples. Any other format has the same name at Google. */
const audioTypes: Readonly<Record<string, string>> = {
  mpga: 'audio/mp3',
  mpeg: 'audio/mp3',
  pcm16: 'audio/pcm',
  pcm24: 'audio/pcm',
  opus: 'audio/ogg',
}

const audioType = (format: string): string => audioTypes[format] ?? `audio/${format}`

/**
 * The types of files that Vertex AI reads from storage, which it must be told. Source: its pages on image, video and document
 * understanding.
 */
const extensions: Readonly<Record<string, string>> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  webp: 'image/webp',
  heic: 'image/heic',
  heif: 'image/heif',
  mp4: 'video/mp4',
  mpeg: 'video/mpeg',
  mov: 'video/mov',
  webm: 'video/webm',
  pdf: 'application/pdf',
  txt: 'text/plain',
  mp3: 'audio/mp3',
  wav: 'audio/wav',
  flac: 'audio/flac',
}

const typeByExtension = (url: string): string | undefined =>
  extensions[fullMatch(/\.(\w+)$/, url)?.[1]?.toLowerCase() ?? '']
