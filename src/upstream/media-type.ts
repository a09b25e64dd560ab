import { fullMatch } from '../util/pattern.ts'

/** Types that say no more than "bytes". */
const generic = new Set(['', 'application/octet-stream', 'binary/octet-stream', 'application/x-download'])

/**
 * What a download is, as a media type without parameters. Bytes that tell it themselves are believed before the server: providers
 * refuse an image that is not what its data URL says, and servers often send no type, a generic one or `image/jpg`.
 */
export function mediaTypeOf(contentType: string | undefined, bytes: Buffer): string {
  const declared = contentType?.split(';', 1)[0]?.trim().toLowerCase() ?? ''
  const told = signatures.find(({ at, mark }) => bytes.subarray(at, at + mark.length).equals(mark))
  if (told !== undefined) return told.mediaType
  return generic.has(declared) || fullMatch(/^[\w.+-]+\/[\w.+-]+$/, declared) === null
    ? 'application/octet-stream'
    : declared
}

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
