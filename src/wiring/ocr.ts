import type { Ocr } from '../canonical/ocr.ts'
import { EngineFailure } from '../canonical/web-engines.ts'
import type { Config } from '../config/config.ts'
import { decodePages, encodeDocument } from '../plugins/file-parser/mistral-ocr.ts'
import type { CallEngine } from '../upstream/call-engine.ts'

/** Pages with their pictures are long. */
const mostBytes = 67_108_864

/** The size of a page for which its price is held: scans are larger, texts smaller. */
const likelyPageBytes = 50_000

/** Makes the OCR engine of Mistral. */
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
      const body = await callEngine(
        {
          name: 'Mistral OCR',
          request: encodeDocument(bytes, mediaType, mistral.model, mistral.baseUrl),
          credentials: { authorization: `Bearer ${mistral.apiKey}` },
          advice: { 401: 'Correct ocr.mistral.api_key.' },
          mostBytes,
        },
        limits,
      )
      const { pages, pageCount } = decodePages(body)
      return { pages, pageCount, fee: feeOf(pageCount) }
    },
  }
}
