import type { UrlCitation } from '../../canonical/annotation.ts'
import { arrayOf, countOf, isObject, objectOf, stringOf } from '../../util/json.ts'

/** Decodes a citation, which names documents and tool results. Each source with an address becomes an annotation. */
export function decodeCitation(value: unknown): readonly UrlCitation[] {
  if (!isObject(value)) return []
  return arrayOf(value['sources']).flatMap((source) => {
    const cited = isObject(source) ? (objectOf(source['document']) ?? objectOf(source['tool_output'])) : undefined
    const url = stringOf(cited?.['url'])
    if (url === undefined) return []
    return [
      {
        type: 'url-citation',
        url,
        title: stringOf(cited?.['title']),
        content: stringOf(cited?.['text']) ?? stringOf(cited?.['snippet']),
        startIndex: countOf(value['start']),
        endIndex: countOf(value['end']),
      } as const,
    ]
  })
}
