import { fullMatch } from './pattern.ts'

/** Types that say no more than "bytes". */
const generic = new Set(['', 'application/octet-stream', 'binary/octet-stream', 'application/x-download'])

/** Other names in use for types that providers take under one name alone. */
const usualNames = new Map([
  ['image/jpg', 'image/jpeg'],
  ['image/pjpeg', 'image/jpeg'],
  ['image/x-png', 'image/png'],
  ['application/x-pdf', 'application/pdf'],
])

/** How many bytes at the beginning of a file tell what it is. */
export const tellingBytes = 16

/**
 * Returns the media type of a file, without parameters. A signature in its bytes has priority over the declared type: providers refuse an
 * image whose data URL declares another type, and servers often send no type, a generic one or `image/jpg`.
 * @param filename Decides where neither the bytes nor the declared type do.
 */
export function mediaTypeOf(declared: string | undefined, bytes: Buffer, filename?: string): string {
  const told = signatures.find(({ at, mark }) => bytes.subarray(at, at + mark.length).equals(mark))
  if (told !== undefined) return told.mediaType
  const name = declared?.split(';', 1)[0]?.trim().toLowerCase() ?? ''
  const known = usualNames.get(name) ?? name
  if (!generic.has(known) && fullMatch(/^[\w.+-]+\/[\w.+-]+$/, known) !== null) return known
  return typeByName(filename) ?? 'application/octet-stream'
}

const typesByEnding = new Map([
  ['pdf', 'application/pdf'],
  ['txt', 'text/plain'],
  ['md', 'text/markdown'],
  ['csv', 'text/csv'],
  ['html', 'text/html'],
  ['json', 'application/json'],
  ['xml', 'application/xml'],
  ['doc', 'application/msword'],
  ['docx', 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'],
  ['xls', 'application/vnd.ms-excel'],
  ['xlsx', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'],
])

const typeByName = (filename = ''): string | undefined =>
  typesByEnding.get(filename.slice(filename.lastIndexOf('.') + 1).toLowerCase())

interface Signature {
  readonly mediaType: string
  readonly at: number
  readonly mark: Buffer
}

const signature = (mediaType: string, mark: string, at = 0): Signature => ({
  mediaType,
  at,
  mark: Buffer.from(mark, 'latin1'),
})

/** The formats that providers take. In order: the brands of `ftyp` before `ftyp` itself. Source: WHATWG MIME Sniffing, MP4RA. */
const signatures: readonly Signature[] = [
  signature('image/png', '\x89PNG\r\n\x1a\n'),
  signature('image/jpeg', '\xff\xd8\xff'),
  signature('image/gif', 'GIF87a'),
  signature('image/gif', 'GIF89a'),
  signature('image/webp', 'WEBPVP', 8),
  signature('application/pdf', '%PDF-'),
  signature('image/avif', 'ftypavif', 4),
  signature('image/heic', 'ftypheic', 4),
  signature('video/quicktime', 'ftypqt  ', 4),
  signature('audio/mp4', 'ftypM4A ', 4),
  signature('video/mp4', 'ftyp', 4),
  signature('video/mpeg', '\x00\x00\x01\xba'),
  signature('video/mpeg', '\x00\x00\x01\xb3'),
]
