import { fullMatch, search } from './pattern.ts'

export interface DataUrl {
  /** Lower case, without parameters, e.g. `image/png`. */
  readonly mediaType: string
  /** Base64. */
  readonly data: string
}

const longestHead = 256
/** Two tokens of HTTP. A type that is written into a header must not hold a line end. */
const tokens = /^[\w!#$%&'*+.^`|~-]+\/[\w!#$%&'*+.^`|~-]+$/

/**
 * Returns the media type and the base64 of a `data:` URL; null for anything else. Data that is not base64 is converted to it, and a URL
 * without a media type is plain text (WHATWG Fetch).
 */
export function parseDataUrl(url: string): DataUrl | null {
  if (search(/^data:/i, url) === null) return null
  const comma = url.slice(0, longestHead).indexOf(',')
  if (comma < 0) return null
  const [mediaType = '', ...parameters] = url.slice('data:'.length, comma).split(';')
  const isBase64 = parameters.at(-1)?.trim().toLowerCase() === 'base64'
  const data = url.slice(comma + 1)
  const bytes = isBase64 ? data : decodePercents(data)
  if (bytes === null) return null
  const type = mediaType.trim().toLowerCase()
  return { mediaType: fullMatch(tokens, type) === null ? 'text/plain' : type, data: bytes }
}

function decodePercents(text: string): string | null {
  try {
    return Buffer.from(decodeURIComponent(text)).toString('base64')
  } catch {
    return null
  }
}
