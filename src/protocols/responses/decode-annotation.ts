import type { UrlCitation } from '../../canonical/annotation.ts'
import { countOf, isObject, stringOf } from '../../util/json.ts'

/**
 * A citation with an address; those of files that lie at the vendor have none and are dropped.
 * @param offset Where the part that it stands in begins in the answer's text.
 */
export function decodeAnnotation(value: unknown, offset: number): UrlCitation | null {
  const url = isObject(value) && value['type'] === 'url_citation' ? stringOf(value['url']) : undefined
  if (!isObject(value) || url === undefined) return null
  const place = (index: number | undefined) => (index === undefined ? undefined : index + offset)
  return {
    type: 'url-citation',
    url,
    title: stringOf(value['title']),
    startIndex: place(countOf(value['start_index'])),
    endIndex: place(countOf(value['end_index'])),
  }
}
