import type { FileAnnotation } from '../../canonical/annotation.ts'
import type { Message } from '../../canonical/message.ts'
import { objectOf, stringOf } from '../../util/json.ts'
import { type Document, mostImages } from './parse-file.ts'

/** Reads the documents that the client sends back in the annotations of earlier answers, by their hash (contract §2.3). */
export function earlierDocuments(messages: readonly Message[]): ReadonlyMap<string, Document> {
  const documents = new Map<string, Document>()
  for (const message of messages) {
    if (message.role !== 'assistant') continue
    for (const annotation of message.annotations ?? []) {
      if (annotation.type === 'file' && annotation.hash !== '') documents.set(annotation.hash, documentOf(annotation))
    }
  }
  return documents
}

function documentOf({ name, content }: FileAnnotation): Document {
  const texts: string[] = []
  const images: string[] = []
  for (const part of content) {
    const text = stringOf(objectOf(part)?.['text'])
    const image = stringOf(objectOf(objectOf(part)?.['image_url'])?.['url'])
    if (text !== undefined) texts.push(text)
    if (image !== undefined && images.length < mostImages) images.push(image)
  }
  return { name, text: texts.join('\n\n'), images, isNew: false, engine: '', pageCount: 0, fee: 0 }
}
