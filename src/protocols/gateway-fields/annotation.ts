import type { Annotation } from '../../canonical/annotation.ts'
import { arrayOf, countOf, isObject, type JsonObject, objectOf, stringOf } from '../../util/json.ts'

/** Decodes an entry of `annotations` (contract §2.3, §3.3). Returns null for an unknown kind, and for one without its required fields. */
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

/**
 * Encodes an annotation as an entry of `annotations`. Unknown members are left out: null members break clients (contract §3.3). A citation
 * without an address cannot be encoded.
 */
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
