/** Reads foreign documents as text. No call rejects: whatever a document does, the outcome tells it. */
export interface Documents {
  /**
   * Reads a page of the web as Markdown, or as it is where it is text already.
   * @param contentType The header of that name; null where there was none.
   * @param url The address of the page, which its links are relative to.
   */
  readPage(
    bytes: Uint8Array,
    contentType: string | null,
    url: string,
    limits: PageLimits,
  ): Promise<PageText | DocumentFailure>
  /** Reads the text of a PDF, page by page. */
  readPdf(bytes: Uint8Array, limits: PdfLimits): Promise<PdfText | DocumentFailure>
  /** Ends what runs. Later calls fail. */
  close(): Promise<void>
}

export interface DocumentLimits {
  /** Counted from the call: waiting for other documents takes part of it. */
  readonly timeoutMs: number
  readonly signal: AbortSignal
}

export interface PageLimits extends DocumentLimits {
  /** By the estimate of `estimateTokens`. A longer page is cut at the end of a paragraph. */
  readonly maxTokens: number
}

export interface PdfLimits extends DocumentLimits {
  readonly maxPages: number
  readonly maxCharacters: number
}

export interface PageText {
  readonly type: 'page'
  readonly title: string | null
  readonly text: string
  /** What the page was read as, such as `text/html`. */
  readonly mediaType: string
  /** Whether the text ends before the page does. Its last line tells the reader. */
  readonly truncated: boolean
}

export interface PdfText {
  readonly type: 'pdf'
  readonly title: string | null
  /** The texts of the pages that were read. */
  readonly pages: readonly string[]
  /** How many pages the document has. */
  readonly pageCount: number
  /** Whether pages, or the end of the last one, are missing because of the limits. */
  readonly truncated: boolean
}

export interface DocumentFailure {
  readonly type: 'failure'
  readonly kind: DocumentFailureKind
  /** A sentence for the caller. */
  readonly message: string
}

export type DocumentFailureKind =
  /** No reader for this type of content. */
  | 'unsupported-type'
  | 'broken'
  /** A password is needed. */
  | 'encrypted'
  /** The pages of a PDF are images, which only OCR can read, or a page of the web is drawn by scripts. */
  | 'no-text'
  | 'too-large'
  | 'too-much-memory'
  | 'timed-out'
  /** Too many documents wait, or this one waited too long. */
  | 'busy'
  | 'aborted'
  /** The gateway is stopping. */
  | 'closed'
