import type { UrlCitation } from '../../canonical/annotation.ts'
import { arrayOf, isObject, objectOf, stringOf } from '../../util/json.ts'
import { search } from '../../util/pattern.ts'

/** Decodes a citation of a source with an address. A citation of the client's own documents has none: it becomes null and no event. */
export function decodeCitation(citation: unknown): UrlCitation | null {
  if (!isObject(citation)) return null
  const source = stringOf(citation['source'])
  const url =
    stringOf(objectOf(objectOf(citation['location'])?.['web'])?.['url']) ??
    (source !== undefined && search(/^https?:/, source) !== null ? source : undefined)
  if (url === undefined) return null
  const content = arrayOf(citation['sourceContent'])
    .map((part) => stringOf(objectOf(part)?.['text']) ?? '')
    .join('')
  const title = stringOf(citation['title'])
  return { type: 'url-citation', url, ...(title && { title }), ...(content !== '' && { content }) }
}
