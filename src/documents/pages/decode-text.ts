import { TextDecoder } from 'node:util'
import { search } from '../../util/pattern.ts'

/** Decodes text by its byte order mark, or else the charset of the header, or else what the document itself declares, or else as UTF-8. */
export function decodeText(bytes: Uint8Array, contentType: string | null): string {
  const labels = [markOf(bytes), charsetIn(contentType ?? ''), declaredIn(bytes), 'utf-8']
  const decoder = labels.map((label) => (label === null ? null : decoderFor(label))).find((known) => known !== null)
  return (decoder ?? new TextDecoder()).decode(bytes)
}

/** Returns null for a charset that nobody knows. */
function decoderFor(label: string): TextDecoder | null {
  try {
    return new TextDecoder(label)
  } catch (error) {
    if (error instanceof RangeError) return null
    throw error
  }
}

function markOf([first, second, third]: Uint8Array): string | null {
  if (first === 0xfe && second === 0xff) return 'utf-16be'
  if (first === 0xff && second === 0xfe) return 'utf-16le'
  return first === 0xef && second === 0xbb && third === 0xbf ? 'utf-8' : null
}

const charsetIn = (text: string): string | null =>
  search(/charset\s{0,9}=\s{0,9}["']?([\w.:-]{1,40})/i, text)?.[1] ?? null

/** How far browsers look for a declaration is 1,024 bytes; some pages have it later. */
const declaringBytes = 4_096

/** Returns the charset of a `<meta>` element or of an XML declaration. A declaration in UTF-16 could not be read here: it means UTF-8. */
function declaredIn(bytes: Uint8Array): string | null {
  const head = Buffer.from(bytes.subarray(0, declaringBytes)).toString('latin1').toLowerCase()
  const declaration = search(/^\s{0,9}<\?xml[^>]{0,99}\sencoding=["']([\w.:-]{1,40})/, head)?.[1]
  if (declaration !== undefined) return declaration
  for (let at = head.indexOf('<meta'); at >= 0; at = head.indexOf('<meta', at + 1)) {
    const charset = charsetIn(head.slice(at, head.indexOf('>', at) + 1))
    if (charset !== null) return charset.startsWith('utf-16') ? 'utf-8' : charset
  }
  return null
}
