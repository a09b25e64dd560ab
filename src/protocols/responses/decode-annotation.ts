import type { UrlCitation } from '../../canonical/annotation.ts'
import { countOf, isObject, stringOf } from '../../util/json.ts'
import type { CharacterCount } from './character-count.ts'

/**
 * Decodes a citation of an address. Citations of files that the vendor stores have no address: for them, and for anything else, it returns
 * null.
 * @param part The part of the answer that holds the citation.
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
