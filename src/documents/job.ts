import type { DocumentFailure, PageText, PdfText } from '../canonical/documents.ts'

/** What the process is asked to do. One job is sent at a time. */
export type DocumentJob =
  | {
      readonly type: 'page'
      readonly bytes: Uint8Array
      readonly contentType: string | null
      readonly url: string
      readonly maxTokens: number
    }
  | { readonly type: 'pdf'; readonly bytes: Uint8Array; readonly maxPages: number; readonly maxCharacters: number }

export type DocumentOutcome = PageText | PdfText | DocumentFailure
