import type { OcrPage } from '../../canonical/ocr.ts'
import { EngineFailure, type EngineRequest } from '../../canonical/web-engines.ts'
import { arrayOf, countOf, isObject, objectOf, stringOf } from '../../util/json.ts'

/** Writes the request to read a document, as `POST /ocr` of Mistral's API takes it. */
export const encodeDocument = (bytes: Buffer, mediaType: string, model: string, baseUrl: string): EngineRequest => ({
  method: 'POST',
  url: `${baseUrl}/ocr`,
  headers: {},
  body: {
    model,
    document: { type: 'document_url', document_url: `data:${mediaType};base64,${bytes.toString('base64')}` },
    include_image_base64: true,
  },
})

/**
 * Reads the pages of an answer, and how many are charged.
 * @throws EngineFailure for an answer without pages.
 */
export function decodePages(body: unknown): { readonly pages: readonly OcrPage[]; readonly pageCount: number } {
  const found = arrayOf(objectOf(body)?.['pages']).filter(isObject)
  if (found.length === 0) throw new EngineFailure('unusable', 'Mistral OCR sent an answer without pages.')
  const pages = found.map((page) => ({
    text: stringOf(page['markdown']) ?? '',
    images: arrayOf(page['images']).flatMap((image) => imageOf(objectOf(image)?.['image_base64']) ?? []),
  }))
  return { pages, pageCount: countOf(objectOf(objectOf(body)?.['usage_info'])?.['pages_processed']) ?? pages.length }
}

/** Mistral sends data URLs; a plain base64 text is taken for a JPEG, which is what it makes. */
function imageOf(value: unknown): string | null {
  const image = stringOf(value)
  if (image === undefined || image === '') return null
  return image.startsWith('data:image/') ? image : `data:image/jpeg;base64,${image}`
}
