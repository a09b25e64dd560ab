import type { ContentPart } from '../../canonical/content-part.ts'
import { mediaTypeOf, tellingBytes } from '../../util/media-type.ts'
import { search } from '../../util/pattern.ts'

const longestHead = 256
/** The number of base64 characters that hold the bytes which identify a file, line breaks included. */
const tellingCharacters = Math.ceil(tellingBytes / 3) * 4 + 8

/**
 * Returns a base64 data URL with the media type that its bytes have and without line breaks in the base64: providers refuse an image whose
 * type is wrong (`image/jpg`, a JPEG that is called PNG). Any other address, and a correct data URL, is returned as it is.
 * @param kind What the file may be in its place. Bytes of another kind keep their declared type, so that the upstream decides.
 */
export function trueDataUrl(url: string, kind: 'image' | 'video' | 'any', filename?: string): string {
  if (search(/^data:/i, url) === null) return url
  const comma = url.slice(0, longestHead).indexOf(',')
  const head = search(/^data:([^;,]*)((?:;[^;,]*)*);base64$/i, url.slice(0, Math.max(comma, 0)))
  if (head === null) return url
  const [, declared = '', parameters = ''] = head
  const data = url.slice(comma + 1)
  const type = mediaTypeOf(declared, firstBytes(data), filename)
  const fits = kind === 'any' ? type !== 'application/octet-stream' : type.startsWith(`${kind}/`)
  const isTold = fits && type !== declared.trim()
  if (!isTold && !isInLines(data)) return url
  const said = isTold ? type : `${declared}${parameters}`
  return `data:${said};base64,${withoutLines(data)}`
}

/**
 * Returns a file of bare base64 as a data URL, with the type that its bytes or its name give. Anything else is returned as it is, except
 * that a data URL gets its true type.
 */
export function trueFile(data: string, filename?: string): string {
  if (search(/^[a-z][a-z0-9+.-]*:/i, data) !== null) return trueDataUrl(data, 'any', filename)
  if (search(/[^a-z0-9+/=\s]/i, data.slice(0, 512)) !== null) return data
  const type = mediaTypeOf(undefined, firstBytes(data), filename)
  return type === 'application/octet-stream' ? data : `data:${type};base64,${withoutLines(data)}`
}

/** Returns the type and the base64 of a part whose data is in the request itself; null for an address, and for a part without data. */
export function inlineData(part: ContentPart): { readonly type: string; readonly data: string } | null {
  if (part.type === 'audio') return { type: `audio/${part.format}`, data: part.data }
  const url = part.type === 'file' ? part.data : part.type === 'image' || part.type === 'video' ? part.url : undefined
  const head = search(/^data:([^;,]{1,100})[^,]{0,100};base64,/i, url?.slice(0, longestHead) ?? '')
  return url === undefined || head === null ? null : { type: head[1] ?? '', data: bareData(url) }
}

/** Returns the base64 of a data URL alone, for fields that take no address. Any other text is returned as it is. */
export function bareData(data: string): string {
  const comma = data.slice(0, longestHead).indexOf(';base64,')
  return search(/^data:/i, data) === null || comma < 0 ? data : withoutLines(data.slice(comma + ';base64,'.length))
}

/** Decodes the beginning of base64, by which the type of a file is recognised. */
export const firstBytes = (data: string): Buffer =>
  Buffer.from(data.slice(0, tellingCharacters), 'base64').subarray(0, tellingBytes)

/** Tells whether base64 is broken into lines: it then has a break within the first hundred characters, or one at its end. */
const isInLines = (data: string): boolean => search(/\s/, data.slice(0, 100) + data.slice(-1)) !== null

const withoutLines = (data: string): string => (isInLines(data) ? data.replaceAll(/\s+/g, '') : data)
