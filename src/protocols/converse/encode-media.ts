import type { AudioPart, FilePart, ImagePart, VideoPart } from '../../canonical/content-part.ts'
import { parseDataUrl } from '../../util/data-url.ts'
import { refusePart } from '../vendors/refuse-part.ts'
import type { AudioFormat, DocumentFormat, ImageFormat, MediaBlock, VideoFormat } from './wire-request.ts'

const imageFormats = new Map<string, ImageFormat>([
  ['image/png', 'png'],
  ['image/jpeg', 'jpeg'],
  ['image/gif', 'gif'],
  ['image/webp', 'webp'],
])

const videoFormats = new Map<string, VideoFormat>([
  ['video/mp4', 'mp4'],
  ['video/mov', 'mov'],
  ['video/quicktime', 'mov'],
  ['video/x-matroska', 'mkv'],
  ['video/webm', 'webm'],
  ['video/x-flv', 'flv'],
  ['video/mpeg', 'mpeg'],
  ['video/x-ms-wmv', 'wmv'],
  ['video/3gpp', 'three_gp'],
])

const documentFormats = new Map<string, DocumentFormat>([
  ['application/pdf', 'pdf'],
  ['text/csv', 'csv'],
  ['application/msword', 'doc'],
  ['application/vnd.openxmlformats-officedocument.wordprocessingml.document', 'docx'],
  ['application/vnd.ms-excel', 'xls'],
  ['application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', 'xlsx'],
  ['text/html', 'html'],
  ['text/plain', 'txt'],
  ['text/markdown', 'md'],
])

const audioFormats = new Map<string, AudioFormat>([
  ['wav', 'wav'],
  ['mp3', 'mp3'],
  ['flac', 'flac'],
  ['m4a', 'm4a'],
  ['ogg', 'ogg'],
  ['aac', 'aac'],
  ['opus', 'opus'],
  ['pcm16', 'pcm'],
  ['webm', 'webm'],
])

/** Writes the media of one request: Bedrock wants each document's name only once in it. */
export class MediaEncoder {
  readonly #providerName: string
  readonly #documentNames = new Set<string>()

  constructor(providerName: string) {
    this.#providerName = providerName
  }

  /**
   * Encodes the bytes of a part with their format. Bedrock fetches no addresses.
   * @throws GatewayError that names the part.
   */
  encode(part: ImagePart | FilePart | VideoPart | AudioPart, path: string): MediaBlock {
    const refuse = (reason: string): never => refusePart(path, part, this.#providerName, reason)
    if (part.type === 'audio') {
      const format = audioFormats.get(part.format.toLowerCase())
      return format === undefined
        ? refuse(`the format ${part.format} is not known`)
        : { audio: { format, source: { bytes: part.data } } }
    }
    const url = part.type === 'file' ? part.data : part.url
    const inline = url === undefined ? null : parseDataUrl(url)
    if (inline === null) return refuse('it must come as a data URL')
    const { mediaType, data: bytes } = inline
    const image = imageFormats.get(mediaType)
    if (image !== undefined) return { image: { format: image, source: { bytes } } }
    const video = videoFormats.get(mediaType)
    if (video !== undefined) return { video: { format: video, source: { bytes } } }
    const filename = part.type === 'file' ? (part.filename ?? '') : ''
    const format = part.type === 'file' ? (documentFormats.get(mediaType) ?? formatByName(filename)) : undefined
    if (format === undefined) return refuse(`${mediaType} is not known`)
    return { document: { format, name: this.#documentName(filename), source: { bytes } } }
  }

  /** Returns the name of a document in letters, digits, single spaces, hyphens, parentheses and brackets: Bedrock refuses anything else. */
  #documentName(filename: string): string {
    const bare = filename
      .replace(/\.[^.]*$/, '')
      .replace(/[^a-zA-Z0-9\-()[\]]+/g, ' ')
      .trim()
      .slice(0, 190)
    const name = bare === '' ? 'document' : bare
    let free = name
    for (let copy = 2; this.#documentNames.has(free); copy++) free = `${name} ${copy}`
    this.#documentNames.add(free)
    return free
  }
}

/** Returns the format of a file by its name, for an unknown media type such as `application/octet-stream`. */
function formatByName(filename: string): DocumentFormat | undefined {
  const ending = filename.slice(filename.lastIndexOf('.') + 1).toLowerCase()
  return [...documentFormats.values()].find((format) => format === ending)
}
