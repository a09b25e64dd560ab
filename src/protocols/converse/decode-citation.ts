import type { UrlCitation } from '../../canonical/annotation.ts'
import { arrayOf, isObject, objectOf, stringOf } from '../../util/json.ts'
import { search } from '../../util/pattern.ts'

/** A citation of something that has an address. Places in the client's own documents have none, and no event. */
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
