import type { UrlCitation } from '../../canonical/annotation.ts'
import { countOf, isObject, stringOf } from '../../util/json.ts'
import type { CharacterCount } from './character-count.ts'

/**
 * A citation with an address; those of files that lie at the vendor have none and are dropped.
 * @param part The part of the answer that it stands in.
 * @param offset Where that part begins in the answer's text.
 */
export function decodeAnnotation(value: unknown, part: CharacterCount, offset: number): UrlCitation | null {
  const url = isObject(value) && value['type'] === 'url_citation' ? stringOf(value['url']) : undefined
  if (!isObject(value) || url === undefined) return null
  const place = (index: number | undefined) => (index === undefined ? undefined : offset + part.unitsOf(index))
  return {
    type: 'url-citation',
    url,
    title: stringOf(value['title']),
    startIndex: place(countOf(value['start_index'])),
    endIndex: place(countOf(value['end_index'])),
  }
}
