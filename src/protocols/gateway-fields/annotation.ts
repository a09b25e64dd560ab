import type { Annotation } from '../../canonical/annotation.ts'
import { arrayOf, countOf, isObject, type JsonObject, objectOf, stringOf } from '../../util/json.ts'

/** `annotations` entries in both directions (contract §2.3, §3.3). Null for a kind that is not known. */
export function decodeAnnotation(value: unknown): Annotation | null {
  if (!isObject(value)) return null
  if (value['type'] === 'url_citation') {
    const citation = objectOf(value['url_citation'])
    const url = stringOf(citation?.['url'])
    if (citation === undefined || url === undefined) return null
    return {
      type: 'url-citation',
      url,
      title: stringOf(citation['title']),
      content: stringOf(citation['content']),
      startIndex: countOf(citation['start_index']),
      endIndex: countOf(citation['end_index']),
    }
  }
  const file = objectOf(value['file'])
  if (value['type'] !== 'file' || file === undefined) return null
  return {
    type: 'file',
    hash: stringOf(file['hash']) ?? '',
    name: stringOf(file['name']) ?? '',
    content: arrayOf(file['content']),
  }
}

/** Members that are not known are left out: null members break clients (contract §3.3). For a citation without an address there is no word. */
export function encodeAnnotation(annotation: Annotation): readonly JsonObject[] {
  switch (annotation.type) {
    case 'file': {
      const { hash, name, content } = annotation
      return [{ type: 'file', file: { hash, name, content } }]
    }
    case 'url-citation': {
      const { url, title, content, startIndex, endIndex } = annotation
      const citation = { url, title, content, start_index: startIndex, end_index: endIndex }
      return [{ type: 'url_citation', url_citation: citation }]
    }
    case 'document-citation':
      return []
  }
}
