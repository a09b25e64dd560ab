import type { EngineLimits } from './web-engines.ts'

/** A page as an OCR engine read it. */
export interface OcrPage {
  /** Markdown. */
  readonly text: string
  /** Data URLs of the pictures on the page. */
  readonly images: readonly string[]
}

/** The engine that reads scanned documents. */
export interface Ocr {
  /** The sentence that tells what to set before documents can be read; null where nothing is missing. */
  readonly missing: string | null
  /** Estimates what reading a document costs, in nano-USD. How many pages it has is known only once it is read. */
  likelyFee(bytes: Buffer): number
  /**
   * Reads a document. `fee` is what it costs, in nano-USD.
   * @throws EngineFailure; the signal's reason when that aborted.
   */
  read(
    bytes: Buffer,
    mediaType: string,
    limits: EngineLimits,
  ): Promise<{ readonly pages: readonly OcrPage[]; readonly pageCount: number; readonly fee: number }>
}
