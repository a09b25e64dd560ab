import type { Ocr, OcrPage } from '../canonical/ocr.ts'
import { EngineFailure } from '../canonical/web-engines.ts'
import type { Config } from '../config/config.ts'
import type { CallEngine } from '../upstream/call-engine.ts'
import { arrayOf, countOf, isObject, objectOf, stringOf } from '../util/json.ts'

/** Pages with their pictures are long. */
const mostBytes = 67_108_864

/** The size of a page for which its price is held: scans are larger, texts smaller. */
const likelyPageBytes = 50_000

/** Makes the OCR engine of Mistral, `POST /ocr` of its API. */
export function wireOcr({ ocr: { mistral } }: Pick<Config, 'ocr'>, callEngine: CallEngine): Ocr {
  if (mistral === null) {
    const missing = 'The engine "mistral-ocr" is not configured: set ocr.mistral.api_key in the configuration.'
    return { missing, likelyFee: () => 0, read: () => Promise.reject(new EngineFailure('not-configured', missing)) }
  }
  const feeOf = (pages: number): number => Math.round((pages * mistral.pricePer1000Pages) / 1_000)
  return {
    missing: null,
    likelyFee: (bytes) => feeOf(Math.ceil(bytes.length / likelyPageBytes)),
    async read(bytes, mediaType, limits) {
      const url = `data:${mediaType};base64,${bytes.toString('base64')}`
      const body = await callEngine(
        {
          name: 'Mistral OCR',
          request: {
            method: 'POST',
            url: `${mistral.baseUrl}/ocr`,
            headers: {},
            body: {
              model: mistral.model,
              document: { type: 'document_url', document_url: url },
              include_image_base64: true,
            },
          },
          credentials: { authorization: `Bearer ${mistral.apiKey}` },
          advice: { 401: 'Correct ocr.mistral.api_key.' },
          mostBytes,
        },
        limits,
      )
      const pages = pagesOf(body)
      const pageCount = countOf(objectOf(objectOf(body)?.['usage_info'])?.['pages_processed']) ?? pages.length
      return { pages, pageCount, fee: feeOf(pageCount) }
    },
  }
}

function pagesOf(body: unknown): readonly OcrPage[] {
  const pages = arrayOf(objectOf(body)?.['pages']).filter(isObject)
  if (pages.length === 0) throw new EngineFailure('unusable', 'Mistral OCR sent an answer without pages.')
  return pages.map((page) => ({
    text: stringOf(page['markdown']) ?? '',
    images: arrayOf(page['images']).flatMap((image) => imageOf(objectOf(image)?.['image_base64']) ?? []),
  }))
}

/** Mistral sends data URLs; a plain base64 text is taken for a JPEG, which is what it makes. */
function imageOf(value: unknown): string | null {
  const image = stringOf(value)
  if (image === undefined || image === '') return null
  return image.startsWith('data:image/') ? image : `data:image/jpeg;base64,${image}`
}
